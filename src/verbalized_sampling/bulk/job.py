"""What a job of bulk generation asks, of whom, and how."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from functools import lru_cache, partial
from hashlib import sha256
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from typing import Any, Self

from ..errors import SettingsError, VerbalizedSamplingError
from ..models import Caller, ModelLike, Options, model_name, resolve
from ..plans.drive import Plan
from ..plans.elicitation import Elicitation, UntypedSettings, check_keywords
from ..plans.wording import Query
from ..replies.protocol import Request
from ..runs.question import conversation
from ..values.arguments import whole
from ..values.distribution import Distribution
from .duplicates import check_similarity
from .engine.limits import Limits
from .engine.task import Task
from .files.dataset import Dataset, digest
from .files.rows import Row, Rows
from .prompting import Prompting
from .saturation import plan_until

__all__ = ["Asked", "Job", "JobSettings"]

_AT_A_TIME = 500  # rows that are looked up at once; then whatever else runs on the event loop has its turn


class JobSettings(UntypedSettings, total=False):
    """What :func:`bulk` takes beside rows, output, model and elicitation; its docstring says what each means."""

    candidate: Any
    column: str
    prompt_template: str | os.PathLike[str] | None
    system: str | None
    temperature: float | None
    seed: int | None
    max_reply_tokens: int | None
    timeout: float | None
    api_key: str | None
    unseen: float | None
    max_rounds: int
    dedupe: float | None
    concurrency: int
    requests_per_minute: float | None
    tokens_per_minute: float | None
    max_tokens: int | None
    max_cost: float | None
    retries: int
    patience: float


@dataclass(frozen=True, slots=True)
class Asked:
    """What a task was made of, for whoever writes down what came of it.

    Attributes:
        key: Marks the task as done.
        row: The row.
        prompt: What it asks; None if that can't be told.
    """

    key: bytes
    row: Row
    prompt: Query | None

    @property
    def id(self) -> str | int:
        """The row's own ``id``, or a digest of its prompt, or where it stands if it has neither."""
        if self.row.id is not None:
            return self.row.id
        return self.row.where if self.prompt is None else digest(_text(self.prompt)).hex()[:12]


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """The settings of a job, checked; :func:`bulk` says what each means."""

    model: ModelLike | None
    elicitation: Elicitation[Any]
    options: Options
    prompting: Prompting
    system: str | None
    limits: Limits
    unseen: float | None
    max_rounds: int
    dedupe: float | None
    name: str

    @classmethod
    def of(
        cls,
        function: str,
        *,
        model: ModelLike | None = None,
        elicitation: Elicitation[Any] | None = None,
        column: str = "prompt",
        prompt_template: str | os.PathLike[str] | None = None,
        system: str | None = None,
        temperature: float | None = None,
        seed: int | None = None,
        max_reply_tokens: int | None = None,
        timeout: float | None = None,
        api_key: str | None = None,
        unseen: float | None = None,
        max_rounds: int = 8,
        dedupe: float | None = None,
        **settings: Any,
    ) -> Self:
        """The job that the arguments of ``function`` make.

        Raises:
            SettingsError: One of them is unusable.
            TypeError: One of them is not known.
        """
        limits = {field.name: settings.pop(field.name) for field in fields(Limits) if field.name in settings}
        check_keywords(function, settings, JobSettings.__annotations__)
        if unseen is not None and (
            isinstance(unseen, bool) or not isinstance(unseen, int | float) or not 0 <= unseen < 1
        ):
            raise SettingsError(f"unseen must be a share from 0 to below 1, not {unseen!r}: 0.1 stops at one in ten")
        whole("max_rounds", max_rounds, 1)
        check_similarity(dedupe)
        return cls(
            model=model,
            elicitation=Elicitation.of(elicitation, **settings),
            options=Options(
                temperature=temperature, seed=seed, max_tokens=max_reply_tokens, timeout=timeout, api_key=api_key,
                retries=0,  # the engine's: a call that waits to be tried again keeps nobody else waiting
            ),
            prompting=Prompting(column, prompt_template),
            system=system,
            limits=Limits(**limits),
            unseen=unseen,
            max_rounds=max_rounds,
            dedupe=dedupe,
            name=model_name(model),
        )  # fmt: skip

    def plan(self, prompt: Query) -> Plan[Distribution[Any]]:
        """The calls that a prompt takes."""
        query = conversation(prompt, self.system)
        if self.unseen is None:
            return self.elicitation.plan(query)
        return plan_until(self.elicitation, query, self.unseen, self.max_rounds)

    def first_request(self, prompt: Query) -> Request:
        """The first call of a prompt's plan."""
        return next(self.elicitation.plan(conversation(prompt, self.system)))

    @property
    def requests(self) -> tuple[int, int]:
        """How many calls a prompt takes at least, and at most."""
        least, most = self.elicitation.requests, self.elicitation.requests + self.elicitation.extra_requests
        if self.unseen is None:
            return least, most
        return min(2, self.max_rounds) * least, self.max_rounds * most

    def tasks(
        self, rows: Rows, dataset: Dataset, find: Callable[[Options], Caller] | None = None
    ) -> Iterator[Task[Distribution[Any]] | None]:
        """A task for each row whose answers are not written yet; None now and then while there is nothing to do.

        Args:
            rows: The rows.
            dataset: Knows what is written.
            find: Gives the caller for some options; by default it is looked for by the model's name.
        """
        find = lru_cache(maxsize=100)(find or partial(resolve, self.model))  # looking may take a request of its own
        find(self.options)
        remaining = iter(rows)
        while some := [(row, *self._prompt(row)) for row in islice(remaining, _AT_A_TIME)]:
            names = [_name(row, prompt) for row, prompt, _ in some]
            keys = [digest(name) for name in names]
            # The same prompt again is asked again, with the next seeds.
            times = dataset.journal.meet(keys)
            for i in (i for i, n in enumerate(times) if n):
                names[i] = f"{names[i]} {times[i]}"
                keys[i] = digest(names[i])
            done = dataset.journal.done_of(keys)
            for (row, prompt, error), name, key, n in zip(some, names, keys, times, strict=True):
                if key not in done:
                    yield self._task(name, n, Asked(key, row, prompt), error, find)
            yield None

    def _task(
        self,
        name: str,
        times: int,
        asked: Asked,
        error: VerbalizedSamplingError | None,
        find: Callable[[Options], Caller],
    ) -> Task[Distribution[Any]]:
        options = self.options
        if times and options.seed is not None:
            options = replace(options, seed=options.seed + times * self.requests[1])
        return Task(
            row=name,
            plan=partial(_raising, error) if error else partial(self.plan, asked.prompt),  # type: ignore[arg-type]
            model=self.name,
            caller=find(options),
            options=options,
            context=asked,
        )

    def _prompt(self, row: Row) -> tuple[Query | None, VerbalizedSamplingError | None]:
        try:
            return self.prompting.of(row), None
        except VerbalizedSamplingError as error:
            return None, error

    def marks(self, rows: Rows) -> list[str]:
        """By what a job knows its rows again, also when their template or a field beside the prompt has changed."""
        found: list[str] = []
        for row in rows.peeked:
            known = [{"id": row.id}] if row.id is not None else [dict(row.fields), self.prompting.asked_of(row)]
            found += [digest(_text(one or row.raw)).hex() for one in known]
        return found

    def settings(self) -> str:
        """A digest of all that the output depends on, but for the input and what the model says."""
        elicitation = {
            field.name: getattr(self.elicitation, field.name)
            for field in fields(Elicitation)
            if field.name not in ("select", "candidate", "template")
        }
        candidate = self.elicitation.candidate
        request = self.first_request("?")
        what = {
            "version": version("verbalized-sampling-core"),
            "model": self.name,
            "temperature": self.options.temperature,
            "seed": self.options.seed,
            "max_tokens": self.options.max_tokens,
            "system": self.system,
            "prompt": [self.prompting.column, self.prompting.template],
            "elicitation": elicitation,
            "candidate": candidate and [getattr(candidate, "__qualname__", str(candidate)), request.schema],
            "wording": [request.messages, _templates(self.elicitation.template)],
            "rounds": self.unseen is not None and [self.unseen, self.max_rounds],
            "dedupe": self.dedupe,
        }
        return sha256(json.dumps(what, sort_keys=True, default=str).encode()).hexdigest()


def _name(row: Row, prompt: Query | None) -> str:
    """What makes a row the same as one of an earlier run: its id and its prompt."""
    if prompt is None:
        return f"{row.where} {row.raw}"
    return _text(prompt) if row.id is None else f"{row.id} {_text(prompt)}"


def _raising(error: VerbalizedSamplingError) -> Plan[Any]:
    raise error


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True, default=str)


def _templates(template: str | Path | None) -> Any:
    """The wording of a user's own templates."""
    if template is None or not Path(template).exists():
        return template
    path = Path(template)
    files = sorted(path.glob("*.jinja")) if path.is_dir() else [path]
    return [(file.name, file.read_bytes().decode(errors="replace")) for file in files if file.is_file()]
