"""Pages of register books (п. 2.5)."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from zachetka.access.guard import ActorRequest, needs
from zachetka.access.policy import Permission
from zachetka.core.clock import now
from zachetka.registers import queries
from zachetka.registers.lists import books_table, count_badge, entries_table
from zachetka.rendering.taken import taken


@require_safe
@needs(Permission.REGISTER_READ)
def registers(request: ActorRequest) -> HttpResponse:
    """The books with their last number and the check of their wholeness (п. 2.5)."""
    books = queries.books(request.user)
    counts = queries.checked(list(books))
    context = {
        "table": books_table(counts).page(request.GET, books),
        "broken": sum(1 for count in counts.values() if not count.is_whole),
    }
    return render(request, "registers/list.html", context)


@require_safe
@needs(Permission.REGISTER_READ)
def registers_export(request: ActorRequest) -> HttpResponse:
    """The list of books as a file; who took it is recorded (п. 2.5, 3.8)."""
    books = queries.books(request.user)
    return taken(request, books_table(queries.checked(list(books))), books, at=now(), clause="2.5")


@require_safe
@needs(Permission.REGISTER_READ)
def register(request: ActorRequest, pk: int) -> HttpResponse:
    """A book: its lines, newest first (п. 2.5)."""
    book = get_object_or_404(queries.books(request.user), pk=pk)
    page = entries_table(str(book)).page(request.GET, queries.entries_of(book, request.user))
    context = {"book": book, "check": count_badge(queries.checked([book])[book.pk]), "table": page}
    return render(request, "registers/book.html", context)


@require_safe
@needs(Permission.REGISTER_READ)
def register_export(request: ActorRequest, pk: int) -> HttpResponse:
    """The book as a file; who took it is recorded (п. 2.5, 3.8)."""
    book = get_object_or_404(queries.books(request.user), pk=pk)
    return taken(
        request, entries_table(str(book)), queries.entries_of(book, request.user), at=now(), subject=book, clause="2.5"
    )
