"""Turning one field rule into a chain of stages, and saying all that is wrong with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from moorage.destination import ModelField
from moorage.mapping.casts import FITTING, cast_stages
from moorage.mapping.ground import Ground
from moorage.mapping.linking import linked_by
from moorage.mapping.shapes import as_text
from moorage.mapping.spec import FieldRule, Step
from moorage.mapping.stages import (
    Chain,
    Condition,
    FileStage,
    FindStage,
    LinkStage,
    PythonStage,
    Severity,
    SqlStage,
    Stage,
    lost,
    lost_text,
)
from moorage.mapping.starts import start_of
from moorage.mapping.target import CHECKSUM, Linked, TargetField
from moorage.mapping.transforms import REGISTRY, ArgumentError, Kind, Transform
from moorage.mapping.transforms.base import near
from moorage.staging.staging import literal

#: Types of Odoo fields that hold records.
POINTING = ("many2one", "many2many", "many2one_reference")


class ChainBuilder:
    """Builds the chain of one field; `build` gives None when findings made that impossible."""

    def __init__(self, ground: Ground, entry: str, name: str, wanted: ModelField) -> None:
        self.ground = ground
        self.entry = entry
        self.rule: FieldRule = ground.mapping.objects[entry].fields[name]
        self.wanted = wanted
        self.path = ("objects", entry, "fields", name)
        self.object = ground.mapping.object_of(entry)
        self.required = self.rule.required or wanted.required
        self.stages: list[Stage] = []
        self.kind: Kind = "text"
        self.sources: tuple[str, ...] = ()
        self.links: tuple[Linked, ...] = ()
        self.failed = False

    def build(self) -> Chain | None:
        """The chain, or None after an error was noted."""
        start = start_of(self.ground, self.object, self.rule, self.path)
        # Without a start the transforms are still judged: all findings at once.
        self.kind = "any" if start is None else start.kind
        self.failed = start is None
        self.sources = () if start is None else start.columns
        for place, step in enumerate(self.rule.do):
            self._transform(step, (*self.path, "do", place))
        if start is None or self.failed:
            return None
        self._values()
        self._default()
        self._finish()
        if self.failed:
            return None
        return Chain(
            self._target(),
            start.sql,
            start.kind,
            start.columns,
            tuple(self.stages),
            self.required,
        )

    # -- transforms --------------------------------------------------------------------------

    def _transform(self, step: Step, path: Sequence[Any]) -> None:
        transform = REGISTRY.get(step.name)
        if transform is None:
            self._error(f"there is no transform {step.name!r}{near(step.name, REGISTRY)}", path)
            return
        try:
            arguments = transform.arguments(step.arguments)
            if self._meet(transform, path):
                self._apply(transform, arguments)
        except ArgumentError as error:
            self._error(str(error), path)

    def _meet(self, transform: Transform, path: Sequence[Any]) -> bool:
        """Bring the value to a kind the transform takes; False after an error was noted."""
        takes = transform.takes
        if self.failed:
            self.kind = takes[0]
        if self.kind in takes or ("any" in takes and self.kind not in ("list", "many")):
            return True
        if self.kind in ("list", "many"):
            words = "a list" if self.kind == "list" else "several fields"
            self._error(
                f"{transform.name} takes one value and has {words} here: put first or join"
                " before it",
                path,
            )
            return False
        if "text" in takes:
            self._add(SqlStage(lambda v: f"CAST({v} AS VARCHAR)", "text"))
            return True
        if "decimal" in takes and self.kind in ("text", "any"):
            self._apply(REGISTRY["number"], REGISTRY["number"].arguments(None))
            return True
        self._error(f"{transform.name} does not work on {self.kind}", path)
        return False

    def _apply(self, transform: Transform, arguments: dict[str, Any]) -> None:
        severity: Severity = "warning" if transform.warns else self.severity
        if transform.python:
            # Wrong arguments show on any value; this one comes from nobody.
            transform.function("0", **arguments)
            self._add(PythonStage(transform, arguments, severity, self.kind == "many"))
            return
        function = transform.function
        many = self.kind in ("list", "many")
        if transform.name == "to_text" and many:
            function, arguments = REGISTRY["join"].function, {"separator": ", "}
        function("NULL", **arguments)
        fails: Condition | None = None
        if transform.fails is not None:
            given = transform.fails
            fails = lambda before, after: given(before, after, **arguments)  # noqa: E731
        elif transform.problem is not None:
            fails = lost_text if self.kind == "text" else lost
        gives: Kind = transform.gives if transform.gives != "any" else "text"
        message = (transform.problem or "").format(**arguments)
        self._add(
            SqlStage(lambda v: str(function(v, **arguments)), gives, message, severity, fails)
        )

    def _values(self) -> None:
        values = self.rule.values
        if values is None:
            return
        if self.kind == "many":
            self._error("values needs one field in from", (*self.path, "values"))
            return
        cases = " ".join(
            f"WHEN {literal(key)} THEN {'NULL' if to is None else literal(as_text(to))}"
            for key, to in values.items()
        )
        known = ", ".join(literal(key) for key in values) or "NULL"
        keep = self.rule.unknown == "keep"
        severity: Severity = "set_aside" if self.rule.unknown == "set_aside" else "warning"
        words = "has a value that `values` does not name"

        def one(v: str) -> str:
            other = v if keep else "NULL"
            return f"CASE {v} {cases} ELSE {other} END" if cases else other

        if self.kind == "list":
            each = lambda v: f"list_transform({v}, lambda item: {one('item')})"  # noqa: E731
            unknown: Condition | None = lambda before, _: (  # noqa: E731
                f"len(list_filter({before}, lambda item: item NOT IN ({known}))) > 0"
            )
            self._add(SqlStage(each, "list", words, severity, None if keep else unknown))
            return
        self._add(SqlStage(lambda v: f"nullif(CAST({v} AS VARCHAR), '')", "text"))
        unknown = lambda before, _: f"{before} NOT IN ({known})"  # noqa: E731
        if not values:
            unknown = lost
        self._add(SqlStage(one, "text", words, severity, None if keep else unknown))

    def _default(self) -> None:
        value = self.rule.default
        if value is None:
            return
        if self.kind in ("list", "many"):
            self._error("default needs a single value, not a list", (*self.path, "default"))
            return
        text = literal(as_text(value))
        self._add(SqlStage(lambda v: f"coalesce(nullif(CAST({v} AS VARCHAR), ''), {text})", "text"))

    # -- the end -----------------------------------------------------------------------------

    def _finish(self) -> None:
        rule, wanted = self.rule, self.wanted
        pointing = wanted.type in POINTING
        if (rule.link or rule.find) and not pointing:
            self._error(
                f"link and find are for fields that point to records; {wanted.name} is"
                f" {wanted.type}",
                self.path,
            )
        elif wanted.type == "binary":
            self._file()
        elif rule.link and rule.find:
            self._error("has both link and find: keep one", self.path)
        elif rule.link:
            self._link()
        elif rule.find and wanted.relation:
            self._find(rule.find.model, tuple(rule.find.by))
        elif pointing and rule.value == [] and wanted.type == "many2many":
            pass  # said to be empty, which is not the same as nothing said: Odoo has defaults
        elif pointing and wanted.relation:
            self._error(
                f"{wanted.name} points to {wanted.relation}: it needs link or find", self.path
            )
        elif pointing:
            self._error(
                f"{wanted.name} may point to records of any model: it needs link, a map from"
                " source object to model",
                self.path,
            )
        else:
            self._cast()

    def _cast(self) -> None:
        fitting = FITTING.get(self.wanted.type)
        if fitting is None:
            self._error(f"fields of type {self.wanted.type} cannot be filled yet", self.path)
        elif self.kind not in fitting:
            hint = ": put join or first in do" if self.kind in ("list", "many") else ""
            words = "several fields" if self.kind == "many" else f"a {self.kind}"
            self._error(
                f"{words} does not fit {self.wanted.name} ({self.wanted.type}){hint}", self.path
            )
        else:
            for stage in cast_stages(self.wanted, self.kind, self.severity):
                self._add(stage)

    def _file(self) -> None:
        model = self.ground.mapping.objects[self.entry].to
        if CHECKSUM not in self.ground.fields[model]:
            self._error(
                f"{model} keeps no checksum of {self.wanted.name}, so nothing could prove that the"
                " file is whole: map files to ir.attachment",
                self.path,
            )
        elif self.kind != "text":
            self._error(f"{self.wanted.name} needs the path of a file", self.path)
        else:
            self._add(SqlStage(lambda v: f"nullif({v}, '')", "text"))
            self._add(FileStage("warning" if self.rule.unfit == "empty" else "set_aside"))

    def _link(self) -> None:
        many = self.wanted.type == "many2many"
        if self.kind == "many" or (self.kind == "list" and not many):
            self._error("a link to one record needs one value, not a list", self.path)
            return
        self.links = linked_by(self.ground, self.rule, self.wanted, self.path)
        if len(self.links) < len(self.rule.linked):
            self.failed = True
            return
        named = not isinstance(self.rule.link, str)
        self._one_text(many)
        self._add(LinkStage(self.links, named, many, self.severity_missing))

    def _find(self, model: str, by: tuple[str, ...]) -> None:
        many = self.wanted.type == "many2many"
        fits = self.kind == "many" if len(by) > 1 else self.kind != "many"
        if not fits or (len(by) > 1 and len(self.sources) != len(by)):
            self._error(f"find by {len(by)} field(s) needs as many in from", self.path)
            return
        if self.kind == "list" and not many:
            self._error("a many2one holds one record: put first in do", self.path)
            return
        if len(by) == 1:
            self._one_text(many)
        self._add(FindStage(model, by, many, self.severity_missing))

    def _one_text(self, many: bool) -> None:
        if many and self.kind != "list":
            self._add(
                SqlStage(
                    lambda v: f"CASE WHEN {v} IS NOT NULL THEN [CAST({v} AS VARCHAR)] END", "list"
                )
            )
        elif not many:
            self._add(SqlStage(lambda v: f"nullif(trim(CAST({v} AS VARCHAR)), '')", "text"))

    def _target(self) -> TargetField:
        rule, wanted = self.rule, self.wanted
        pointing = wanted.type in POINTING
        holds = "link" if rule.link else "id" if pointing else "value"
        holds = "file" if wanted.type == "binary" else holds
        return TargetField(
            wanted.name,
            wanted.type,
            holds,
            wanted.relation,
            self.required,
            self.severity_missing.replace("warning", "empty"),
            rule.later,
            self.links,
        )

    @property
    def severity(self) -> Severity:
        """How bad a value that cannot be converted is."""
        return self._severity(self.rule.unfit)

    @property
    def severity_missing(self) -> Severity:
        """How bad a link to a record that is not there is."""
        return self._severity(self.rule.missing)

    def _severity(self, said: str | None) -> Severity:
        if said is not None:
            return "set_aside" if said == "set_aside" else "warning"
        return "set_aside" if self.required else "warning"

    def _add(self, stage: Stage) -> None:
        self.stages.append(stage)
        self.kind = stage.kind

    def _error(self, message: str, path: Sequence[Any]) -> None:
        self.ground.error(message, path)
        self.failed = True
