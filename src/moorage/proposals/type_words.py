"""What CRMs, databases and schemas call the types of fields."""

from __future__ import annotations

import re

#: Our type: the words that others have for it, letters and digits alone, in lower case. All types
#: of source fields stand here; a test holds that.
WORDS: dict[str, tuple[str, ...]] = {
    "text": (
        "string", "str", "char", "varchar", "nvarchar", "bpchar", "character", "charactervarying",
        "textarea", "longtext", "longtextarea", "mediumtext", "tinytext", "multiline", "memo",
        "singleline", "singlelinetext", "multilinetext", "textfield", "textbox", "name",
        "autonumber", "encryptedstring", "uuid", "guid", "uniqueidentifier", "combobox", "anytype",
    ),
    "html": ("richtext", "richtextarea", "htmltext", "wysiwyg"),
    "email": ("emailaddress", "mail"),
    "phone": ("phonenumber", "tel", "telephone", "mobile", "fax"),
    "url": ("uri", "link url", "website", "hyperlink", "weblink", "urlfield"),
    "integer": (
        "int", "int2", "int4", "int8", "int32", "int64", "bigint", "smallint", "tinyint", "long",
        "wholenumber", "serial", "bigserial", "count",
    ),
    "decimal": (
        "number", "numeric", "float", "float4", "float8", "double", "doubleprecision", "real",
        "percent", "percentage", "rating", "score", "num",
    ),
    "money": ("currency", "monetary", "amount", "price", "decimalcurrency"),
    "boolean": ("bool", "checkbox", "yesno", "flag", "bit", "twooptions", "toggle", "switch"),
    "date": ("dateonly", "day", "datefield", "birthday"),
    "datetime": (
        "timestamp", "timestamptz", "timestampwithtimezone", "timestampwithouttimezone",
        "dateandtime", "datetimefield", "dateandtimefield", "datetimetz", "isodate",
    ),
    "select": (
        "picklist", "enumeration", "enum", "dropdown", "dropdownlist", "radio", "option",
        "optionset", "choice", "singleselect", "singleoption", "selection", "status", "state",
        "stage", "priority", "list", "multichoice", "pickliststatus",
    ),
    "multiselect": (
        "multipicklist", "multiselectpicklist", "checkboxes", "multioptionset", "multienum",
        "tags", "labels", "set", "multipleselect", "multiplechoice", "multiplepicklist",
    ),
    "link": (
        "lookup", "relation", "relationship", "foreignkey", "fk", "many2one", "belongsto", "owner",
        "user", "customer", "masterdetail", "manytoone", "hierarchy", "ownerlookup", "userlookup",
        "account", "contact", "organization", "org", "people", "person",
    ),
    "links": ("multilookup", "many2many", "one2many", "manytomany", "hasmany", "participants"),
    "reference": (),
    "references": (),
    "file": ("image", "attachment", "attachments", "fileupload", "imageupload", "photo", "blob"),
}  # fmt: skip
_OURS = {re.sub(r"[^a-z0-9]", "", word): ours for ours, words in WORDS.items() for word in words}


def our_type(word: str) -> str:
    """`word` for a type as one of a source field's types; empty if nobody knows it.

    Lengths and such are no part of it: `varchar(255)`, `Currency(16, 2)`, `array<string>`.
    """
    bare = re.sub(r"[(\[<{].*", "", word.strip().casefold())
    if bare in WORDS:
        return bare
    letters = re.sub(r"[^a-z0-9]", "", bare)
    return letters if letters in WORDS else _OURS.get(letters, "")
