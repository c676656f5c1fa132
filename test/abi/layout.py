# SPDX-License-Identifier: MIT
"""Members of structs in an .abi file of abidw, to see that a struct only grew at its end. The suppression
"inserted at end" of abidiff 2.2 also swallows a member whose type changed or that moved, so interface.py
looks here as well."""
import xml.etree.ElementTree as xml


def type_text(types, ident):
    node = types[ident]
    inner = node.get("type-id")
    if node.tag == "pointer-type-def":
        return type_text(types, inner) + " *"
    if node.tag == "qualified-type-def":
        return ("const " if node.get("const") else "") + type_text(types, inner)
    if node.tag == "function-type":
        parameters = [type_text(types, p.get("type-id")) for p in node.findall("parameter")]
        return f"{type_text(types, node.find('return').get('type-id'))} ({', '.join(parameters)})"
    if node.tag == "typedef-decl" and node.get("name").startswith(("u", "i", "s")):
        return type_text(types, inner)  # uint32_t and its kin: gcc and clang take different ways
    return node.get("name") or node.tag


def members(path):
    """{struct: [(offset, name, type), ...]} of all structs that the file describes."""
    root = xml.parse(path).getroot()
    types = {node.get("id"): node for node in root.iter() if node.get("id")}
    found = {}
    for struct in root.iter("class-decl"):
        rows = [(int(member.get("layout-offset-in-bits")), member.find("var-decl").get("name"),
                 type_text(types, member.find("var-decl").get("type-id")))
                for member in struct.findall("data-member") if member.get("layout-offset-in-bits")]
        if rows:
            found[struct.get("name")] = rows
    return found


def moved(old_path, new_path, structs):
    """What is no longer where it was, one sentence each."""
    old, new = members(old_path), members(new_path)
    for struct in structs:
        for before, after in zip(old.get(struct, []), new.get(struct, []) + [None] * 100):
            if before != after:
                yield f"{struct}: {before} has become {after}"
                break
