"""Addresses of destruction: cases, acts, holds."""

from django.urls import path

from zachetka.destruction.views import acts, cases, holds

app_name = "destruction"
urlpatterns = [
    path("withdrawals/<int:pk>/", cases.case, name="case"),
    path("withdrawals/<int:pk>/act/", cases.compose, name="compose"),
    path("withdrawals/<int:pk>/settle/", cases.settle, name="settle"),
    path("destruction/", acts.acts, name="list"),
    path("destruction/export/", acts.export, name="export"),
    path("destruction/<int:pk>/", acts.act, name="act"),
    path("destruction/<int:pk>/approve/", acts.approve, name="approve"),
    path("destruction/<int:pk>/return/", acts.send_back, name="return"),
    path("destruction/<int:pk>/pdf/<slug:kind>/", acts.file, name="paper"),
    path("people/<uuid:uid>/holds/new/", holds.new, name="hold_new"),
    path("holds/<int:pk>/", holds.hold, name="hold"),
    path("holds/<int:pk>/lift/", holds.lift, name="hold_lift"),
]
