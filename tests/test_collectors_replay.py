"""Files of posts: every row becomes a mention or is told, lists of staff are refused."""

import json
from pathlib import Path

import pytest
from builders import NOW
from collecting import mentions, workshop

from collectors.replay import BadRow, Row, import_posts, post_from, read_posts
from klankbord.errors import ImportFileError
from klankbord.mention import Kind, Precision


def rows(
    tmp_path: Path, content: str | bytes, name: str = "posts.csv"
) -> tuple[list[Row | BadRow], list[str]]:
    file, told = tmp_path / name, []  # type: tuple[Path, list[str]]
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return list(read_posts(file, told.append)), told


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_csv_is_read_with_any_usual_delimiter_a_bom_and_quoted_newlines(mark: str, tmp_path: Path) -> None:
    content = '\ufeffid,title,text\r\n1,A,"een\r\ntwee"\r\n\r\n2,B,drie\r\n'.replace(",", mark)
    found, told = rows(tmp_path, content)
    assert found == [
        Row(line=2, id="1", title="A", text="een\r\ntwee"),
        Row(line=5, id="2", title="B", text="drie"),
    ]
    assert told == []


def test_another_encoding_is_read_and_told(tmp_path: Path) -> None:
    found, told = rows(tmp_path, "id;text\n1;café\n".encode("latin-1"))
    assert found == [Row(line=2, id="1", text="café")]
    assert told == ["the file is not UTF-8; it was read as latin-1"]


def test_unknown_columns_are_told(tmp_path: Path) -> None:
    assert rows(tmp_path, "id,text,likes,mood\n1,a,2,x\n")[1] == ["columns that are not read: likes, mood"]
    found, told = rows(
        tmp_path, '{"id": 1, "text": "a", "likes": 2}\n{"id": 2, "text": "b", "likes": 2}\n', "p.jsonl"
    )
    assert told == ["columns that are not read: likes"]
    assert [row.id for row in found if isinstance(row, Row)] == ["1", "2"]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("{", "no readable JSON"),
        ("[1]", "a JSON object is needed, not list"),
        ('{"id": "1"}', "text is missing"),
        ('{"id": "", "text": "x"}', "id is missing"),
        ('{"id": "1", "text": ["x"]}', "text: a text is needed, not list"),
        ('{"id": "1", "text": "x", "kind": "rant"}', "kind: found 'rant'"),
        ('{"id": "1", "text": "\\ud800"}', "text: holds half a character"),
        ('{"id": "1", "text": "x", "url": "javascript:x"}', "url: an address"),
        ("[" * 100_000, "no readable JSON"),
        ('{"id": "1", "text": "' + "x" * 1_000_000 + '"}', "longer than 1,000,000"),
    ],
)
def test_a_bad_row_is_told_and_the_next_is_read(line: str, problem: str, tmp_path: Path) -> None:
    good = json.dumps({"id": "9", "text": "goed"})
    found, _ = rows(tmp_path, f"{good}\n{line}\n{good}\n", "posts.jsonl")
    assert [type(row) for row in found] == [Row, BadRow, Row]
    assert isinstance(found[1], BadRow)
    assert found[1].line == 2
    assert found[1].problem.startswith(problem) or problem in found[1].problem


def test_a_csv_row_of_another_width_is_told(tmp_path: Path) -> None:
    found, _ = rows(tmp_path, "id,text\n1,a,b\n2,c\n")
    assert found == [BadRow(line=2, problem="3 fields where the header has 2"), Row(line=3, id="2", text="c")]


@pytest.mark.parametrize(
    "header",
    [
        "id,text,employee_id", "id,text,Personeelsnummer", "id,text,Manager", "department,name,id,text",
        "Afdeling,Achternaam,id,text", "id,text,salaris", "id,text,Employee ID",
    ],
)  # fmt: skip
def test_a_list_of_staff_is_refused(header: str, tmp_path: Path) -> None:
    with pytest.raises(ImportFileError, match="looks like a list of staff"):
        rows(tmp_path, header + "\n1,2,3\n")
    with pytest.raises(ImportFileError, match="looks like a list of staff"):
        rows(tmp_path, json.dumps(dict.fromkeys(header.split(","), "1")) + "\n", "posts.jsonl")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.csv", "id,body\n1,2\n", "missing: text"),
        ("a.csv", "", "missing: id, text"),
        ("a.csv", "id,text,text\n", "more than once: text"),
        ("a.json", '[{"id": 1}]', "one object a line"),
    ],
)
def test_a_file_that_cannot_be_read_at_all_is_refused(
    name: str, content: str, said: str, tmp_path: Path
) -> None:
    with pytest.raises(ImportFileError, match=said):
        rows(tmp_path, content, name)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ImportFileError, match="No such file"):
        list(read_posts(tmp_path / "weg.csv"))


def test_an_import_masks_names_handles_and_secrets_and_tells_bad_rows(tmp_path: Path) -> None:
    file = tmp_path / "posts.jsonl"
    post = {
        "id": "7", "platform": "forum", "author": "Wieneke Planteman", "kind": "reply", "lang": "nl-NL",
        "text": "Groet, Wieneke Planteman (@wieneke) 06-12345678", "parent_text": "Wieneke Planteman schreef:\nhoi",
        "url": "https://f.example/users/wieneke/1", "published_at": "10 juni 2025 14:03",
    }  # fmt: skip
    file.write_text(json.dumps(post) + "\n{\n")
    found = list(import_posts(file, workshop(tmp_path), NOW))
    (one,) = mentions(found)
    assert "ieneke" not in repr(found)
    assert (one.platform, one.native_id, one.kind, one.lang) == ("forum", "7", Kind.REPLY, "nl")
    assert (one.text, one.published_precision) == (
        "Groet, [author] (@[author]) [phone]",
        Precision.ASSUMED_ZONE,
    )
    assert found[0].remarks[0].startswith("line 2: no readable JSON")


def test_an_import_comes_in_batches_of_five_hundred(tmp_path: Path) -> None:
    file = tmp_path / "posts.csv"
    file.write_text("id,text\n" + "".join(f"{n},tekst {n}\n" for n in range(1_201)))
    found = list(import_posts(file, workshop(tmp_path), NOW))
    assert [len(batch.mentions) for batch in found] == [500, 500, 201]


def test_a_text_to_score_stays_as_it_is_and_names_nobody() -> None:
    post = post_from(Row(line=1, id="1", text="mail @jan op 06-12345678", author="Jan"), NOW)
    assert (post.text, post.author, post.platform) == ("mail @jan op 06-12345678", None, "import")


def test_a_handle_hidden_in_ids_and_addresses_does_not_come_along(tmp_path: Path) -> None:
    row = {
        "id": "https://x.com/planted/status/1",
        "text": "Goed punt van planted hierboven",
        "url": "https://x.com/planted/status/1",
        "thread_id": "planted/9",
        "parent_id": "@planted",
        "published_at": "by planted",
    }
    (tmp_path / "posts.jsonl").write_text(json.dumps(row) + "\n")
    made = workshop(tmp_path)
    (batch,) = import_posts(tmp_path / "posts.jsonl", made, NOW)
    assert "planted" not in repr(batch)
