"""The second factor of an account: added, proved, ended by its holder; codes on paper for the day it is lost (п. 3.8; ИАФ.1–4).

Nothing that opens a door is in an event: an event says which factor it was and that it was used.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction

from zachetka.access import access_keys, one_time_codes, vault
from zachetka.access.models import Account, RecoveryCode, SecondFactor
from zachetka.access.sessions import end_sessions
from zachetka.access.throttle import Limit, count_try, forget_tries
from zachetka.core.constraints import refusing
from zachetka.core.errors import IllegalStep, RuleViolation
from zachetka.ledger.actions import Happening, record_event, record_events
from zachetka.ledger.events import EventType
from zachetka.lifecycle.steps import lock
from zachetka.people.actions.identities import end_identities

logger = logging.getLogger(__name__)

CLAUSE: Final = "3.8"
MOST: Final = 5
"""Factors of one account: a telephone, a spare one, a few keys."""
APP, KEY = SecondFactor.Kind.APP, SecondFactor.Kind.KEY
BY_HOLDER: Final = Limit(
    "second-factor",
    5,
    timedelta(minutes=5),
    "Слишком много неверных кодов. Повторите через {minutes} мин. Код приложения каждый раз новый; "
    "код восстановления действует один раз.",
)
"""Tries of codes and keys, by account: a million codes are not guessed at five in five minutes (ASVS 6.3.1, 6.6.3)."""
NOT_FITTING: Final = (
    "Код не подошёл. Наберите тот, что приложение показывает сейчас: использованный второй раз не действует. "
    "Если коды не подходят подряд, проверьте, что часы телефона идут по сети."
)
KEY_NOT_FITTING: Final = "Ключ доступа не подошёл. Повторите или введите код."


@dataclass(frozen=True, slots=True)
class Proof:
    """What somebody has proved with.

    Attributes:
        by: «app», «key» or «recovery».
        codes_left: recovery codes that are left.
    """

    by: str
    codes_left: int


def factors_of(account: Account) -> list[SecondFactor]:
    """Return what opens the door of `account` today, the oldest first."""
    return list(account.factors.live())


def holder_of(account: Account) -> str:
    """Return by what the secrets of `account` are bound to it in the vault."""
    return f"account:{account.pk}"


def add_app(account: Account, *, secret: str, typed: str, name: str, keeping: str | None, at: datetime) -> list[str]:
    """Add an application whose present code was typed; with the first factor come the codes of recovery.

    Args:
        account: whose it is; it acts itself.
        secret: what the application has read from the screen.
        typed: the code it shows.
        name: what its holder calls it.
        keeping: the session that goes on; the others end (ASVS 7.4.3).
        at: when.

    Returns:
        Recovery codes to be shown once, none when there are some already.

    Raises:
        TooMany: five tries in five minutes are used up.
        RuleViolation: another code, or too many factors.
    """
    count_try(BY_HOLDER, str(account.pk), at)
    step = one_time_codes.matching_step(secret, _bare(typed), at=at, after=0)
    if step is None:
        raise RuleViolation(CLAUSE, NOT_FITTING, field="code")
    forget_tries(BY_HOLDER, str(account.pk))
    kept = vault.encrypt(secret, holder=holder_of(account))
    return _add(account, SecondFactor(kind=APP, name=name, secret=kept, counter=step), keeping, at)


def add_key(
    account: Account,
    *,
    kept: Mapping[str, Any],
    answer: Mapping[str, Any],
    name: str,
    keeping: str | None,
    at: datetime,
) -> list[str]:
    """Add an access key that the browser has made for this address; otherwise as `add_app`.

    Raises:
        RuleViolation: the answer is to another question, the key is known already, or there are too many.
    """
    try:
        made = access_keys.take_new(kept, answer)
    except access_keys.Unproven:
        raise RuleViolation(CLAUSE, "Браузер не создал ключ. Повторите или добавьте приложение.", field="key") from None
    factor = SecondFactor(
        kind=KEY, name=name, credential_id=made.credential_id, credential=made.credential, counter=made.counter
    )
    known = {"access_key_is_added_once": RuleViolation(CLAUSE, "Этот ключ уже добавлен.", field="key")}
    with refusing(known):
        return _add(account, factor, keeping, at)


def _add(account: Account, factor: SecondFactor, keeping: str | None, at: datetime) -> list[str]:
    with transaction.atomic():
        account = _open(account)
        if account.factors.live().count() >= MOST:
            raise RuleViolation(CLAUSE, f"Больше {MOST} вторых факторов не держат: отключите лишний.")
        factor.account, factor.added_at = account, at
        factor.save()
        _record(EventType.SECOND_FACTOR_ADDED, factor, account, at, kind=factor.kind)
        codes = [] if account.recovery_codes.live().exists() else _make_codes(account, at)
        _end_others(account, keeping, at)
    return codes


def end_factor(factor: SecondFactor, *, is_required: bool, keeping: str | None, actor: Account, at: datetime) -> None:
    """End a factor of one's own: lost, replaced, no longer wanted. With the last one the recovery codes end too.

    Raises:
        RuleViolation: it is somebody else's, or the last one of somebody who must have one.
        IllegalStep: it is ended already.
    """
    with transaction.atomic():
        account = _open(actor)
        factor = lock(factor)
        if factor.account_id != account.pk:
            raise RuleViolation(CLAUSE, "Второй фактор отключает его владелец.")
        if factor.ended_at is not None:
            raise IllegalStep(CLAUSE, "Этот второй фактор уже отключён.")
        is_last = account.factors.live().count() == 1
        if is_last and is_required:
            raise RuleViolation(
                CLAUSE, "Работник входит со вторым фактором: сначала добавьте другой, потом отключите этот."
            )
        _end([factor], account, at)
        if is_last:
            _end_codes(account, account, at)
        _end_others(account, keeping, at)


def renew_codes(account: Account, *, at: datetime) -> list[str]:
    """Make new recovery codes instead of those that are left; they are shown once (ASVS 6.5.1).

    Raises:
        IllegalStep: there is no second factor that they could replace.
    """
    with transaction.atomic():
        account = _open(account)
        if not account.factors.live().exists():
            raise IllegalStep(CLAUSE, "Коды восстановления создают вместе со вторым фактором: сначала добавьте его.")
        _end_codes(account, account, at)
        return _make_codes(account, at)


def prove_by_code(account: Account, typed: str, *, at: datetime) -> Proof:
    """Prove with the code of an application or with a recovery code: each comes in once, however many ask at once.

    Call outside a transaction: a try is counted even when it is refused.

    Raises:
        TooMany: five tries in five minutes are used up.
        RuleViolation: no such code, or it has been used.
    """
    count_try(BY_HOLDER, str(account.pk), at)
    with transaction.atomic():
        locked = _open(account)
        by = _by_app(locked, _bare(typed), at) or _by_recovery(locked, typed, at)
        if by is None:
            _record_refused(locked, at, "code")
        left = locked.recovery_codes.live().count()
    if by is None:
        raise RuleViolation(CLAUSE, NOT_FITTING, field="code")
    forget_tries(BY_HOLDER, str(account.pk))
    return Proof(by, left)


def prove_by_key(account: Account, *, kept: Mapping[str, Any], answer: Mapping[str, Any], at: datetime) -> Proof:
    """Prove with an access key that has signed the question in `kept`; otherwise as `prove_by_code`."""
    count_try(BY_HOLDER, str(account.pk), at)
    with transaction.atomic():
        locked = _open(account)
        used = _by_key(locked, kept, answer)
        if used is None:
            _record_refused(locked, at, "key")
        else:
            key, counter = used
            _use(key, counter, locked, at)
        left = locked.recovery_codes.live().count()
    if used is None:
        raise RuleViolation(CLAUSE, KEY_NOT_FITTING, field="code")
    forget_tries(BY_HOLDER, str(account.pk))
    return Proof(KEY, left)


def end_everything(account: Account, *, actor: Account | None, at: datetime) -> None:
    """End every factor, code and way in from outside of a locked account; whoever calls it has asked whether `actor` may."""
    _end(list(account.factors.live()), actor, at)
    _end_codes(account, actor, at)
    end_identities(account, actor=actor, at=at)


def _by_app(account: Account, typed: str, at: datetime) -> str | None:
    for app in account.factors.live().filter(kind=APP):
        try:
            secret = vault.decrypt(app.secret, holder=holder_of(account))
        except vault.Unreadable:
            logger.error("second factor %s cannot be read: is ZACHETKA_FACTORS_KEY the one it was added under?", app.pk)
            continue
        step = one_time_codes.matching_step(secret, typed, at=at, after=app.counter)
        if step is not None:
            _use(app, step, account, at)
            return APP
    return None


def _by_recovery(account: Account, typed: str, at: datetime) -> str | None:
    digest = one_time_codes.digest_of(typed)
    code = account.recovery_codes.live().filter(digest=digest).first()
    if code is None:
        return None
    code.used_at = at
    code.save(update_fields=["used_at"])
    record_event(EventType.RECOVERY_CODE_USED, code, actor=account, at=at, clause=CLAUSE, about=account.person_uid)
    return "recovery"


def _by_key(account: Account, kept: Mapping[str, Any], answer: Mapping[str, Any]) -> tuple[SecondFactor, int] | None:
    keys = {one.credential_id: one for one in account.factors.live().filter(kind=KEY)}
    try:
        credential_id, counter = access_keys.proven_by(kept, answer, keys.values())
    except access_keys.Unproven:
        return None
    key = keys[credential_id]
    return None if access_keys.is_copied(key, counter) else (key, counter)


def _use(factor: SecondFactor, counter: int, account: Account, at: datetime) -> None:
    factor.counter, factor.last_used_at = counter, at
    factor.save(update_fields=["counter", "last_used_at"])
    _record(EventType.SECOND_FACTOR_USED, factor, account, at, kind=factor.kind)


def _end(factors: list[SecondFactor], actor: Account | None, at: datetime) -> None:
    for factor in factors:
        factor.ended_at, factor.secret = at, ""
        factor.save(update_fields=["ended_at", "secret"])
        _record(EventType.SECOND_FACTOR_ENDED, factor, actor, at, kind=factor.kind)


def _make_codes(account: Account, at: datetime) -> list[str]:
    codes = one_time_codes.new_recovery_codes()
    rows = RecoveryCode.objects.bulk_create(
        RecoveryCode(account=account, digest=one_time_codes.digest_of(code), made_at=at) for code in codes
    )
    _record_codes(EventType.RECOVERY_CODE_MADE, rows, account, account, at)
    return codes


def _end_codes(account: Account, actor: Account | None, at: datetime) -> None:
    rows = list(account.recovery_codes.live().select_for_update())
    for row in rows:
        row.ended_at = at
    RecoveryCode.objects.bulk_update(rows, ["ended_at"])
    _record_codes(EventType.RECOVERY_CODE_ENDED, rows, account, actor, at)


def _record_codes(
    event: EventType, rows: list[RecoveryCode], account: Account, actor: Account | None, at: datetime
) -> None:
    record_events(
        Happening(type=event, subject=row, actor=actor, at=at, clause=CLAUSE, about=account.person_uid) for row in rows
    )


def _end_others(account: Account, keeping: str | None, at: datetime) -> None:
    """End the sessions of before: they came in without what is asked now, or with what is asked no longer."""
    if end_sessions(account, but=keeping):
        record_event(
            EventType.ACCOUNT_SESSIONS_ENDED, account, actor=account, at=at, clause=CLAUSE, about=account.person_uid
        )


def _record(event: EventType, factor: SecondFactor, actor: Account | None, at: datetime, **body: str) -> None:
    about = factor.account.person_uid
    record_event(event, factor, actor=actor, at=at, clause=CLAUSE, about=about, **{k: str(v) for k, v in body.items()})


def _record_refused(account: Account, at: datetime, by: str) -> None:
    record_event(
        EventType.SECOND_FACTOR_REFUSED, account, actor=account, at=at, clause=CLAUSE, about=account.person_uid, by=by
    )


def _open(account: Account) -> Account:
    locked = lock(Account(pk=account.pk))  # the request's own is lazy
    if not locked.is_active:
        raise IllegalStep(CLAUSE, "Учётная запись закрыта.")
    return locked


def _bare(typed: str) -> str:
    return "".join(typed.split())
