"""What each role may do, entered a second time by hand from the job descriptions (п. 3.8).

`access/policy.py` decides; this page only checks it, and is drawn from nothing: a right changes when both pages change.
A line is a permission, how far it reaches, and the most private class of fields it opens beyond those of work.
"""

from __future__ import annotations

from typing import Final

DESCRIPTIONS: Final = {
    "learner": """
        event:read          own
        job:read            own
        person:read         own     documents
        person:reveal       own     documents
        subject:read        own     documents
        subject:export      own     documents
        request:read        own
        consent:read        own
        consent:withdraw    own
        program:read        own
        cohort:read         own
        record_book:read    own     documents
        record_book:export  own     documents
        destruction:read   own
        notice:read         own
        home:read           own
    """,
    "teacher": """
        emergency:open      all
        emergency:read      own
        job:read            own
        person:read         taught
        program:read        taught
        cohort:read         taught
        sheet:read          taught
        sheet:fill          taught
        sheet:close         taught
        reopening:ask       taught
        correction:propose  taught
        record_book:read    taught
        notice:read         own
        home:read           own
        design:read         all
    """,
    "methodist": """
        emergency:open      all
        emergency:read      own
        job:read            own
        person:read         all     documents
        person:edit         all     documents
        person:reveal       all     documents
        person:import       all     documents
        person:export       all     personal
        consent:read        all
        consent:edit        all
        consent:withdraw    all
        double:read         all     documents
        double:edit         all     documents
        double:merge        all     documents
        learner:admit       unit
        employee:read       all
        program:read        unit
        program:edit        unit
        register:read       all
        cohort:read         unit
        cohort:edit         unit
        order:read          unit
        order:draft         unit
        sheet:read          unit
        summary:read        unit
        sheet:hand_over     unit
        resit:appoint       unit    personal
        excuse:edit         unit    personal
        award:edit          unit
        award:withdraw      unit
        reopening:ask       unit
        correction:confirm  unit
        record_book:read    unit    documents
        record_book:export  unit    documents
        cohort_books:export unit    documents
        personal_file:export unit   documents
        notice:read         own
        home:read           own
        design:read         all
    """,
    "registrar": """
        job:read            own
        person:read         all     documents
        person:reveal       all     documents
        program:read        all
        register:read       all
        cohort:read         all
        order:read          all
        record_book:read    all     documents
        record_book:export  all     documents
        cohort_books:export all     documents
        personal_file:export all   documents
        notice:read         own
        home:read           own
        design:read         all
    """,
    "secretary": """
        emergency:open      all
        emergency:read      own
        job:read            own
        program:read        unit
        cohort:read         unit
        sheet:read          unit
        summary:read        unit
        record_book:read    unit
        notice:read         own
        home:read           own
        design:read         all
    """,
    "chair": """
        job:read            own
        program:read        unit
        cohort:read         unit
        sheet:read          unit
        summary:read        unit
        record_book:read    unit
        notice:read         own
        home:read           own
        design:read         all
    """,
    "archivist": """
        emergency:open      all
        emergency:read      own
        job:read            own
        program:read        all
        register:read       all
        order:read          all
        destruction:read   all
        hold:read          all
        notice:read         own
        home:read           own
        design:read         all
    """,
    "inspector": """
        emergency:read      all
        account:read        all
        matrix:read         all
        event:read          all
        ledger:check        all
        job:read            own
        person:read         all
        request:read        all
        consent:read        all
        program:read        all
        register:read       all
        cohort:read         all
        order:read          all
        sheet:read          all
        summary:read        all
        record_book:read    all
        destruction:read   all
        hold:read          all
        notice:read         own
        home:read           own
        design:read         all
    """,
    "head": """
        emergency:read      all
        job:read            own
        person:read         all     personal
        person:reveal       all     personal
        employee:read       all
        matrix:read         all
        matrix:approve      all
        program:read        all
        program:approve     all
        norm:set            all
        register:read       all
        cohort:read         all
        order:read          all
        order:approve       all
        sheet:read          all
        summary:read        all
        award:withdraw      all
        reopening:decide    all
        record_book:read    all     personal
        destruction:read   all
        destruction:approve all
        hold:read          all
        hold:lift          all
        notice:read         own
        home:read           own
        design:read         all
    """,
    "privacy": """
        emergency:read      all
        emergency:review    all
        account:read        all
        matrix:read         all
        event:read          all
        job:read            own
        person:read         all     documents
        person:reveal       all     documents
        person:export       all     personal
        subject:read        all     documents
        subject:export      all     documents
        request:read        all
        request:answer      all
        consent:read        all
        consent:edit        all
        consent:withdraw    all
        consent:settle      all
        double:read         all     documents
        destruction:read   all
        destruction:draft  all
        hold:read          all
        hold:edit          all
        notice:read         own
        home:read           own
        design:read         all
    """,
    "admin": """
        account:read        all
        account:create      all
        account:close       all
        role:propose        all
        matrix:read         all
        job:read            own
        employee:read       all
        employee:edit       all
        notice:read         own
        home:read           own
        design:read         all
    """,
    "security": """
        emergency:read      all
        emergency:review    all
        account:read        all
        account:close       all
        account:restore     all
        role:approve        all
        matrix:read         all
        matrix:propose      all
        event:read          all
        ledger:check        all
        job:read            own
        employee:read       all
        notice:read         own
        home:read           own
        design:read         all
    """,
}

APART: Final = frozenset(
    frozenset(pair)
    for pair in (
        ("admin", "security"), ("admin", "head"), ("admin", "methodist"), ("admin", "privacy"), ("admin", "registrar"),
        ("inspector", "admin"), ("inspector", "security"), ("inspector", "head"), ("inspector", "methodist"),
        ("inspector", "teacher"), ("inspector", "privacy"),
    )
)  # fmt: skip
"""Roles that one person never holds together."""

ASKED_ANEW: Final = """
    account:create
    account:close
    account:restore
    role:approve
    emergency:open
    matrix:approve
    learner:admit
    employee:edit
    program:approve
    norm:set
    order:approve
    reopening:decide
    correction:confirm
    resit:appoint
    excuse:edit
    emergency:review
    consent:settle
    destruction:approve
    double:merge
    request:answer
"""
"""What cannot be taken back: whoever does it has proved in the last five minutes that it is they (security.md, 7.5.3)."""
