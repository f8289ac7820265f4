"""The first day of a real academy: two people by orders, scales, books; in an empty database alone (п. 3.8)."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.test import Client

from zachetka import cli
from zachetka.access.models import Account, RoleAssignment, Unit
from zachetka.access.policy import Permission, Role
from zachetka.access.tests.make import make_unit
from zachetka.cli import demonstration
from zachetka.cli.demonstration import Academy
from zachetka.cli.installation import Official, Plan, install
from zachetka.core.clock import legal_date, now
from zachetka.core.errors import IllegalStep, RuleViolation
from zachetka.ledger.models import Event
from zachetka.people.actions import propose_role
from zachetka.people.actions.roles import Basis
from zachetka.people.models import Employee, Posting
from zachetka.postgres.address import Place
from zachetka.postgres.programs import ServerTrouble
from zachetka.postgres.server import socket_folder
from zachetka.programs.models import GradingScale, HourMinimum, ScaleVersion
from zachetka.registers.models import Register

pytestmark = pytest.mark.clause("3.8")

ADMIN = Official(Role.ADMIN, "Рябинин Олег Юрьевич", "ryabinin", "инженер", "11-к", date(2026, 1, 12))
SECURITY = Official(Role.SECURITY, "Черемных Дарья Ильинична", "cheremnykh", "специалист", "12-к", date(2026, 1, 12))
PLAN = Plan(
    (ADMIN, SECURITY), ("Учебный отдел", "Отдел обучения", "Учебный отдел"), "Положение № 5-од", date(2026, 1, 12)
)
FLAGS = [
    "install", "--unit", "Учебный отдел", "--unit", "Отдел обучения", "--grading-act", "Положение № 5-од",
    "--grading-since", "12.01.2026", "--admin", ADMIN.full_name, "--admin-login", "ryabinin", "--admin-position", "инженер",
    "--admin-order", "11-к", "--admin-order-date", "12.01.2026", "--security", SECURITY.full_name,
    "--security-login", "cheremnykh", "--security-position", "специалист", "--security-order", "12-к",
    "--security-order-date", "2026-01-12",
]  # fmt: skip
OWN = "сорок два кита плывут"


@pytest.fixture
def here(fresh_database: Place, tmp_path: Path) -> Place:
    """A database that has its roles and tables, beside a data folder of its own."""
    (tmp_path / "socket").symlink_to(socket_folder(fresh_database.data_dir))
    return Place(tmp_path, database=fresh_database.database)


@pytest.fixture
def console(here: Place, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    """The command, run there."""

    @contextmanager
    def database(_duty: object) -> Iterator[Place]:
        yield here

    monkeypatch.setattr("zachetka.cli.install.database", database)
    monkeypatch.setattr("zachetka.cli.install.bring_up_to_date", lambda _place: None)
    return CliRunner()


def test_two_people_two_orders_scales_units_and_books(db: None) -> None:
    at = now()
    keys = install(PLAN, at=at)
    given = RoleAssignment.objects.in_force(legal_date(at)).values_list("account__login", "role", "order_number")
    assert sorted(given) == [("cheremnykh", "security", "12-к"), ("ryabinin", "admin", "11-к")]
    assert len(set(Account.objects.values_list("person_uid", flat=True))) == 2
    assert Employee.objects.count() == 2
    assert set(Posting.objects.values_list("kind", "employee__position")) == {
        ("hired", one.position) for one in PLAN.officials
    }
    assert sorted(Unit.objects.values_list("name", flat=True)) == ["Отдел обучения", "Учебный отдел"]
    assert GradingScale.objects.count() == 3
    assert set(ScaleVersion.objects.values_list("basis", flat=True)) == {"Положение № 5-од"}
    assert HourMinimum.objects.exists()
    assert set(Register.objects.values_list("year", "last_number")) == {(legal_date(at).year, 0)}
    assert {key.until for key in keys} == {at + timedelta(hours=24)}
    assert Event.objects.filter(type="account.password_given").count() == 2
    told = str(list(Event.objects.values_list("body", flat=True)))
    assert not [key for key in keys if key.password in told]


def test_the_passwords_open_one_page_until_they_are_changed(db: None, collected_statics: None) -> None:
    for key in install(PLAN, at=now()):
        client = Client()
        answer = client.post("/accounts/login/", {"login": key.account.login, "password": key.password})
        assert answer.status_code == 302
        assert client.get("/accounts/list/").headers["Location"] == "/accounts/password/change/"
        client.post("/accounts/password/change/", {"current": key.password, "new": OWN, "again": OWN})
        assert client.get("/accounts/list/").status_code == 200


def test_the_two_can_let_in_everybody_else(db: None) -> None:
    admin, security = (key.account for key in install(PLAN, at=now()))
    assert admin.allowed(Permission.ROLE_PROPOSE)
    assert security.allowed(Permission.ROLE_APPROVE)
    another = Account.objects.create_user("belova", display_name="Белова")
    today = legal_date(now())
    basis = Basis("13-к", today, today)
    assert propose_role(another, Role.METHODIST, unit=None, basis=basis, actor=admin, at=now()).state == "proposed"


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        (replace(PLAN, officials=(ADMIN, replace(SECURITY, full_name="рябинин олег ЮРЬЕВИЧ"))), "два разных человека"),
        (replace(PLAN, officials=(ADMIN, replace(SECURITY, login="ryabinin"))), "занят"),
        (replace(PLAN, officials=(ADMIN, replace(SECURITY, order_date=date(2099, 1, 1)))), "будущим"),
        (replace(PLAN, officials=(ADMIN, replace(SECURITY, order_number=" "))), "номер приказа"),
        (replace(PLAN, officials=(ADMIN, replace(SECURITY, full_name="Ч3"))), "."),
        (replace(PLAN, units=()), "подразделение"),
    ],
)
def test_what_does_not_fit_is_refused_and_nothing_is_left(db: None, plan: Plan, said: str) -> None:
    with pytest.raises(RuleViolation, match=said):
        install(plan, at=now())
    assert not any(model.objects.exists() for model in (Account, Event, Unit, GradingScale, Employee))


def test_a_database_in_use_is_left_alone(db: None) -> None:
    make_unit("Кафедра")
    with pytest.raises(IllegalStep, match="в пустой"):
        install(PLAN, at=now())
    assert not Account.objects.exists()


def test_twice_installs_once(db: None) -> None:
    install(PLAN, at=now())
    with pytest.raises(IllegalStep, match="только в пустой"):
        install(PLAN, at=now())
    assert Account.objects.count() == 2


def test_a_real_academy_forgets_the_demo_that_was_never_finished(console: CliRunner, here: Place) -> None:
    half = Academy(password="half", is_built=False)
    half.save(here.data_dir)
    assert console.invoke(cli.zachetka, FLAGS).exit_code == 0
    assert Academy.load(here.data_dir) is None
    half.save(here.data_dir)
    assert console.invoke(cli.zachetka, FLAGS).exit_code == 1
    with pytest.raises(ServerTrouble, match="ничего не удаляю"):
        demonstration.forget_unfinished(here)
    demonstration.forget(here.data_dir)
    assert Account.objects.count() == 2


def test_by_flags_at_the_console(console: CliRunner) -> None:
    answer = console.invoke(cli.zachetka, FLAGS)
    assert answer.exit_code == 0, answer.output
    assert "zachetka restore-access" in answer.output
    passwords = re.findall(r"^  (\S+) +((?:\w{4}-){4}\w{4})", answer.output, re.MULTILINE)
    assert [login for login, _ in passwords] == ["ryabinin", "cheremnykh"]
    for login, password in passwords:
        assert Account.objects.get(login=login).check_password(password)
    again = console.invoke(cli.zachetka, FLAGS)
    assert again.exit_code == 1
    assert "только в пустой" in again.output
    assert demonstration.ensure(Place.from_environment().data_dir / "none") is None, "no demo beside real people"


def test_by_questions_at_the_console(console: CliRunner) -> None:
    typed = "\n".join(
        [
            "Положение № 5-од", "12.01.2026",
            ADMIN.full_name, "", "", "11-к", "12.01.2026",
            SECURITY.full_name, "", "", "12-к", "12.01.2026",
            "Учебный отдел; Отдел обучения", "",
        ]
    )  # fmt: skip
    answer = console.invoke(cli.zachetka, ["install"], input=typed)
    assert answer.exit_code == 0, answer.output
    assert sorted(Account.objects.values_list("login", flat=True)) == ["admin", "security"]
    assert Unit.objects.count() == 2
    again = console.invoke(cli.zachetka, ["install"], input=typed)
    assert again.exit_code == 1
    assert "только в пустой" in again.output
    assert "Акт об оценивании" in answer.output  # the control: of an empty database it is asked
    assert "Акт об оценивании" not in again.output
    assert console.invoke(cli.zachetka, ["install", "--help"]).exit_code == 0
