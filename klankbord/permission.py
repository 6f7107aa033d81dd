"""A source's record comes in; why it may not be read, if so, goes out. Pure.

Every source carries the record of law.md B1: basis, purpose, terms and the day they were read, approval where
the platform demands one. Without it nothing is read, and the reason says what to do.
"""

from datetime import date, timedelta

from klankbord.settings import Organisation, SourceSettings, XSource

#: terms change: after so many days a person reads them again (law.md B1)
TERMS_HOLD = timedelta(days=180)


def why_not(source: SourceSettings, organisation: Organisation, today: date) -> str:
    """Why a source may not be read today, and what to do about it; empty: it may."""
    terms = source.terms
    key = f"sources.toml, source {source.id!r}: "
    if terms.approval_from and not terms.approval.strip():
        return (
            f"{key}kind {source.kind} may only be read with written leave; ask {terms.approval_from}, "
            f"then put its reference under terms.approval"
        )
    if isinstance(source, XSource) and organisation.public_sector:
        wanted = {
            "enterprise_plan": source.enterprise_plan,
            "declared_government_end_user": source.declared_government_end_user,
        }
        if missing := [name for name, given in wanted.items() if not given]:
            return (
                f"{key}X asks government bodies for an Enterprise plan and a declaration; "
                f"set {' and '.join(missing)} once that is so"
            )
    where = terms.terms_url or f"the terms at {source.host}"
    if terms.terms_read_on is None:
        return f"{key}nobody has read its terms yet; read {where}, then set terms.terms_read_on"
    if terms.terms_read_on > today:
        return f"{key}terms.terms_read_on lies in the future"
    if today - terms.terms_read_on > TERMS_HOLD:
        return (
            f"{key}its terms were read on {terms.terms_read_on}, over {TERMS_HOLD.days} days ago; "
            f"read {where} again, then set terms.terms_read_on"
        )
    return ""
