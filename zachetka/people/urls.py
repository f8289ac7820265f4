"""Addresses of people, employees, accounts and roles."""

from django.urls import path

from zachetka.people.views import accounts, employees, matrix, persons, roles

app_name = "people"
urlpatterns = [
    path("people/", persons.learners, name="list"),
    path("people/export/", persons.export, name="export"),
    path("people/new/", persons.new, name="new"),
    path("people/<uuid:uid>/", persons.card, name="card"),
    path("people/<uuid:uid>/edit/", persons.edit, name="edit"),
    path("people/<uuid:uid>/learner/", persons.begin_to_learn, name="begin_to_learn"),
    path("people/<uuid:uid>/rename/", persons.rename, name="rename"),
    path("people/<uuid:uid>/papers/new/", persons.add_paper, name="add_paper"),
    path("people/<uuid:uid>/papers/<int:pk>/reveal/", persons.reveal_paper, name="reveal_paper"),
    path("people/<uuid:uid>/names/<int:pk>/reveal/", persons.reveal_basis, name="reveal_basis"),
    path("people/<uuid:uid>/reveal/<slug:field>/", persons.reveal, name="reveal"),
    path("employees/", employees.employees, name="employees"),
    path("employees/export/", employees.export, name="employees_export"),
    path("employees/new/", employees.new, name="employee_new"),
    path("employees/<int:pk>/", employees.employee, name="employee"),
    path("employees/<int:pk>/move/", employees.move, name="employee_move"),
    path("employees/<int:pk>/dismiss/", employees.dismiss, name="employee_dismiss"),
    path("employees/<int:pk>/account/", employees.open_account, name="open_account"),
    path("accounts/list/", accounts.accounts, name="accounts"),
    path("accounts/list/export/", accounts.accounts_export, name="accounts_export"),
    path("accounts/<int:pk>/", accounts.account, name="account"),
    path("accounts/<int:pk>/close/", accounts.close, name="close_account"),
    path("accounts/<int:pk>/password/", accounts.give_password, name="give_password"),
    path("accounts/<int:pk>/password/release/", accounts.release_password, name="release_password"),
    path("roles/", roles.roles, name="roles"),
    path("roles/export/", roles.export, name="roles_export"),
    path("roles/propose/", roles.propose, name="role_new"),
    path("roles/matrix/", matrix.live, name="matrix"),
    path("roles/matrix/propose/", matrix.propose, name="matrix_propose"),
    path("roles/matrix/export/<slug:kind>/", matrix.file, name="matrix_file"),
    path("roles/matrix/<int:number>/", matrix.edition, name="matrix_edition"),
    path("roles/matrix/<int:number>/export/<slug:kind>/", matrix.file, name="matrix_edition_file"),
    path("roles/matrix/<int:number>/<slug:decision>/", matrix.decide, name="matrix_decide"),
    path("roles/<int:pk>/", roles.role, name="role"),
    path("roles/<int:pk>/substitute/", roles.substitute, name="role_substitute"),
    path("roles/<int:pk>/<slug:decision>/", roles.decide, name="decide"),
]
