"""The one place that speaks to a language model, through Pydantic AI, which knows their APIs.

That library is the extra `ai` and is loaded when the first question is asked. What it and a server
say when something is wrong is told anew here: a server's words may hold anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

from pydantic import SecretStr

from moorage.errors import SettingsError, UnreachableError
from moorage.proposals.advice.budget import Price
from moorage.proposals.advice.question import INSTRUCTIONS

TIMEOUT_SECONDS = 120.0
_NOTHING = "Nothing was proposed."
_KEY_REFUSED = (401, 403)
_ASKED_WRONGLY = (400, 404, 405, 422)


@dataclass(frozen=True)
class Reply:
    """What came back, and the tokens used for it; 0 where the server does not say."""

    text: str
    sent: int
    answered: int


class LanguageModel:
    """One model of one server. `name` is `openai:gpt-5-mini` and the like, or, with the `url` of a
    server that speaks OpenAI's chat API, any name that it knows.
    """

    def __init__(
        self, name: str, url: str, key: SecretStr, *, timeout_seconds: float = TIMEOUT_SECONDS
    ) -> None:
        self.name = name
        self._url = url
        self._key = key
        self._timeout_seconds = timeout_seconds
        self._opened: Any = None

    def ask(self, text: str, limit: int) -> Reply:
        """The answer to `text` in at most `limit` tokens.

        SettingsError where no question could be answered: no library, no such model, a wrong key.
        UnreachableError where this one was not: too late, too many at once, a fault of the server.
        """
        model = self._model()
        from pydantic_ai.direct import model_request_sync  # noqa: PLC0415 - an extra, slow to load
        from pydantic_ai.exceptions import AgentRunError, ModelHTTPError  # noqa: PLC0415
        from pydantic_ai.messages import ModelRequest  # noqa: PLC0415

        try:
            reply = model_request_sync(
                model,
                [ModelRequest.user_text_prompt(text, instructions=INSTRUCTIONS)],
                model_settings={"max_tokens": limit, "request_timeout": self._timeout_seconds},
            )
        except ModelHTTPError as error:
            raise self._refused(error.status_code) from None
        except (AgentRunError, OSError, TimeoutError, ValueError) as error:
            raise self._unanswered(type(error).__name__) from None
        return Reply(reply.text or "", reply.usage.input_tokens, reply.usage.output_tokens)

    def _model(self) -> Any:
        if self._opened is None:
            require_library()
            try:
                self._opened = self._chat() if self._url else self._known()
            except ImportError as error:
                package = f"pydantic-ai-slim[{self.name.partition(':')[0]}]"
                raise SettingsError(
                    f"the library for {self.name} is not installed ({error.name or 'unknown'})",
                    where="ai.model",
                    state=_NOTHING,
                    todo=f'Install it: pip install "{package}". Or use a server that speaks '
                    "OpenAI's chat API, by its url.",
                ) from None
            except (ValueError, RuntimeError):
                raise SettingsError(
                    f"{self.name!r} is no model that is known",
                    where="ai.model",
                    state=_NOTHING,
                    todo="Write it like openai:gpt-5-mini, or give the url of its server too.",
                ) from None
        return self._opened

    def _chat(self) -> Any:
        from pydantic_ai.models.openai import OpenAIChatModel  # noqa: PLC0415
        from pydantic_ai.providers.openai_compatible import (  # noqa: PLC0415
            OpenAICompatibleProvider,
        )

        key = self._key.get_secret_value()
        provider = OpenAICompatibleProvider(name="own", base_url=self._url, api_key=key)
        return OpenAIChatModel(self.name, provider=_once(provider))

    def _known(self) -> Any:
        from pydantic_ai.models import infer_model  # noqa: PLC0415
        from pydantic_ai.providers import infer_provider_class  # noqa: PLC0415

        key = self._key.get_secret_value()
        return infer_model(
            self.name, lambda vendor: _once(infer_provider_class(vendor)(api_key=key))
        )

    def _refused(self, status: int) -> SettingsError | UnreachableError:
        if status in _KEY_REFUSED:
            return SettingsError(
                f"the server of {self.name} refuses the key (HTTP {status})",
                state=_NOTHING,
                todo="Set the environment variable MOORAGE_AI_KEY to one that is valid.",
            )
        if status in _ASKED_WRONGLY:
            return SettingsError(
                f"the server of {self.name} takes no such question (HTTP {status})",
                where="ai.model",
                state=_NOTHING,
                todo="See whether the name of the model and the url of its server are right.",
            )
        return self._unanswered(f"HTTP {status}")

    def _unanswered(self, why: str) -> UnreachableError:
        return UnreachableError(f"{self.name} did not answer ({why})")

    def price(self) -> Price | None:
        """What its tokens cost, by the list that comes with the library; None where it is not in
        it, as for a server of one's own.
        """
        if self._url or find_spec("genai_prices") is None:
            return None
        from genai_prices import calc_price  # noqa: PLC0415 - an extra, slow to load
        from genai_prices.types import Usage  # noqa: PLC0415

        model = self.name.partition(":")[2] or self.name
        try:
            sent = calc_price(Usage(input_tokens=1_000_000), model).total_price
            answered = calc_price(Usage(output_tokens=1_000_000), model).total_price
        except (LookupError, ValueError):
            return None
        return Price(sent, answered)


def require_library() -> None:
    """SettingsError where the extra `ai` is not installed."""
    if find_spec("pydantic_ai") is None:
        raise SettingsError(
            "the part of Moorage that asks language models is not installed",
            state="Nothing was sent or proposed.",
            todo='Install it: pip install "moorage[ai]". Without --ai none is needed.',
        )


def _once(provider: Any) -> Any:
    """`provider` without its own second tries: a question that is late may be paid for all the
    same, and is counted once.
    """
    if hasattr(provider.client, "max_retries"):
        provider.client.max_retries = 0
    return provider
