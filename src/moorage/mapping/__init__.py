"""The mapping: from tidy rows to target rows, declared in a file a consultant can read aloud."""

from moorage.mapping.compile import CompiledMapping, compile_mapping
from moorage.mapping.created import FieldToCreate, fields_to_create, with_created
from moorage.mapping.fill import MaterialiseReport, materialise
from moorage.mapping.references import ReferenceNeed, load_references, references_needed
from moorage.mapping.spec import MappingFile, load_mapping, parse_mapping, schema_json
from moorage.mapping.target import DuplicateRule, MatchRule, TargetField, TargetTable

__all__ = [
    "CompiledMapping",
    "DuplicateRule",
    "FieldToCreate",
    "MappingFile",
    "MatchRule",
    "MaterialiseReport",
    "ReferenceNeed",
    "TargetField",
    "TargetTable",
    "compile_mapping",
    "fields_to_create",
    "load_mapping",
    "load_references",
    "materialise",
    "parse_mapping",
    "references_needed",
    "schema_json",
    "with_created",
]
