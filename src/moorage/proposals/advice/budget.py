"""What asking may cost: tokens or US dollars, reckoned before each call and counted after it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from moorage.errors import SettingsError

#: Where nobody names a budget.
USUAL_TOKENS = 200_000
#: Fewer bytes than a token has in names and JSON, so that a reckoning is rather too high.
_BYTES_A_TOKEN = 3
#: What an answer may take: some for thinking, and some for each field.
_THINKING = 2_000
_EACH_FIELD = 60
_DOLLARS = re.compile(r"(?:\$|usd)?\s*(\d+(?:\.\d+)?)\s*(?:\$|usd)?", re.I)


def reckoned(text: str) -> int:
    """Tokens of `text`, rather too many than too few."""
    return len(text.encode()) // _BYTES_A_TOKEN + 1


def answer_limit(fields: int) -> int:
    """The most tokens that an answer about so many fields may take."""
    return _THINKING + _EACH_FIELD * fields


@dataclass(frozen=True)
class Price:
    """US dollars for a million tokens sent, and for a million answered."""

    sent: Decimal
    answered: Decimal

    def dollars(self, sent: int, answered: int) -> Decimal:
        """What so many tokens cost."""
        return (self.sent * sent + self.answered * answered) / 1_000_000


@dataclass(frozen=True)
class Budget:
    """The most that may be used: `tokens` sent and answered, or `dollars`; one of them is None."""

    tokens: int | None = USUAL_TOKENS
    dollars: Decimal | None = None

    def allows(self, sent: int, answered: int, price: Price | None) -> bool:
        """Whether so many tokens in all stay within it; a budget in dollars needs a price."""
        if self.tokens is not None:
            return sent + answered <= self.tokens
        assert self.dollars is not None
        return price is not None and price.dollars(sent, answered) <= self.dollars

    def __str__(self) -> str:
        return f"{self.tokens:,} tokens" if self.tokens is not None else f"${self.dollars}"


def parsed_budget(text: str) -> Budget:
    """The budget that a person wrote: `50000` (tokens), `$0.50` or `0.50usd`."""
    given = text.strip()
    if not given:
        return Budget()
    if re.fullmatch(r"\d[\d,_ ]*", given):
        return Budget(tokens=int(re.sub(r"[,_ ]", "", given)))
    found = _DOLLARS.fullmatch(given)
    if found is None or found[0] == found[1]:
        raise SettingsError(
            f"{text!r} is no budget",
            where="--budget",
            state="Nothing was sent.",
            todo="Give tokens (50000) or US dollars ($0.50), as prices are known in dollars.",
        )
    return Budget(tokens=None, dollars=Decimal(found[1]))
