"""Addresses of learning, a section for each noun."""

from django.urls import path

from zachetka.learning.views import (
    cohort_books,
    cohorts,
    corrections,
    entrants,
    excuses,
    mark_uploads,
    orders,
    record_book,
    resits,
    sheets,
    summaries,
    verification,
)

app_name = "learning"

urlpatterns = [
    # record books
    path("my/", record_book.my_record_books, name="my-record-books"),
    path("record-books/<int:pk>/", record_book.record_book, name="record-book"),
    path("record-books/<int:pk>/pdf/", record_book.record_book_pdf, name="record-book-pdf"),
    path("record-books/<int:pk>/proof/", record_book.record_book_proof, name="record-book-proof"),
    path("record-books/<int:pk>/sign-in/", entrants.sign_in, name="sign-in"),
    path("record-books/<int:pk>/file/", record_book.personal_file, name="personal-file"),
    path("record-books/<int:pk>/birth-date/", record_book.birth_date, name="record-book-birth-date"),
    path("record-books/<int:pk>/excuses/", excuses.excuses, name="excuses"),
    path("excuses/<int:pk>/cancel/", excuses.excuse_cancel, name="excuse-cancel"),
    path("record-books/<int:pk>/<slug:section>/", record_book.record_book, name="record-book-section"),
    path("verify/verify_bundle.py", verification.verifier, name="verifier"),
    path("verify/<str:token>", verification.verify, name="verify"),
    # sheets and marks
    path("sheets/", sheets.sheet_list, name="sheet-list"),
    path("sheets/export/", sheets.sheet_export, name="sheet-export"),
    path("sheets/<int:pk>/", sheets.sheet_page, name="sheet"),
    path("sheets/<int:pk>/marks/", sheets.sheet_marks, name="sheet-marks"),
    path("sheets/<int:pk>/change/", sheets.sheet_change, name="sheet-change"),
    path("sheets/<int:pk>/close/", sheets.sheet_close, name="sheet-close"),
    path("sheets/<int:pk>/file/", mark_uploads.sheet_file, name="sheet-file"),
    path("cohorts/<str:code>/file/", mark_uploads.cohort_file, name="cohort-file"),
    path("marks/files/<int:pk>/", mark_uploads.mark_upload, name="mark-upload"),
    path("marks/files/<int:pk>/columns/", mark_uploads.mark_upload_columns, name="mark-upload-columns"),
    path("marks/files/<int:pk>/confirm/", mark_uploads.mark_upload_confirm, name="mark-upload-confirm"),
    path("marks/files/<int:pk>/cancel/", mark_uploads.mark_upload_cancel, name="mark-upload-cancel"),
    path("marks/files/<int:pk>/refused/", mark_uploads.mark_upload_refused, name="mark-upload-refused"),
    path("cohorts/<str:code>/sheet/", sheets.cohort_sheet, name="cohort-sheet"),
    path("marks/<int:pk>/history/", corrections.mark_history, name="mark-history"),
    path("marks/<int:pk>/correct/", corrections.mark_correct, name="mark-correct"),
    path("corrections/", corrections.correction_list, name="correction-list"),
    path("corrections/export/", corrections.correction_export, name="correction-export"),
    path("corrections/<int:pk>/", corrections.correction_page, name="correction"),
    path("corrections/<int:pk>/confirm/", corrections.correction_confirm, name="correction-confirm"),
    path("corrections/<int:pk>/refuse/", corrections.correction_refuse, name="correction-refuse"),
    # cohorts
    path("cohorts/", cohorts.cohorts, name="cohort-list"),
    path("cohorts/export/", cohorts.cohorts_export, name="cohort-export"),
    path("cohorts/new/", cohorts.cohort_new, name="cohort-new"),
    path("cohorts/<int:pk>/", cohorts.cohort, name="cohort"),
    path("cohorts/<int:pk>/sign-in/", entrants.cohort_sign_in, name="cohort-sign-in"),
    path("cohorts/<int:pk>/books/", cohort_books.cohort_books, name="cohort-books"),
    path("cohorts/<int:pk>/debts/", resits.debts, name="debts"),
    path("cohorts/<int:pk>/resits/<int:module>/<int:attempt>/", resits.resit_new, name="resit-new"),
    path("cohorts/<int:pk>/summary/", summaries.summary, name="summary"),
    path("cohorts/<int:pk>/planned/", summaries.cohort_planned, name="cohort-planned"),
    path("cohorts/<int:pk>/summary/pdf/", summaries.summary_pdf, name="summary-pdf"),
    path("cohorts/<int:pk>/summary/export/", summaries.summary_export, name="summary-export"),
    # orders
    path("orders/", orders.orders, name="order-list"),
    path("orders/export/", orders.orders_export, name="order-export"),
    path("orders/new/", orders.order_new, name="order-new"),
    path("orders/people/", orders.order_people, name="order-people"),
    path("orders/<int:pk>/", orders.order, name="order"),
    path("orders/<int:pk>/edit/", orders.order_edit, name="order-edit"),
    path("orders/<int:pk>/<slug:name>/", orders.order_step, name="order-step"),
]
