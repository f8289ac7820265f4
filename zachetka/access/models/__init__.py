"""Accounts, units and roles by order; what a sign-in takes and where one is signed in (п. 3.8)."""

from zachetka.access.models.account import (
    LOGIN_PATTERN,
    ROLES_IN_FORCE,
    Account,
    AccountManager,
    Emergency,
    EmergencyAccess,
    RefusalTally,
    RoleAssignment,
    RoleAssignmentQuerySet,
    SignInThrottle,
    Unit,
)
from zachetka.access.models.sign_in import FactorReset, OutsideIdentity, RecoveryCode, SecondFactor, Session

__all__ = [
    "LOGIN_PATTERN", "ROLES_IN_FORCE", "Account", "AccountManager", "Emergency", "EmergencyAccess", "FactorReset", "OutsideIdentity", "RecoveryCode", "RefusalTally", "RoleAssignment", "RoleAssignmentQuerySet",
    "SecondFactor", "Session", "SignInThrottle", "Unit",
]  # fmt: skip
