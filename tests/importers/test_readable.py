"""What importers list as images is what our readers take."""

from publisher.importers.readable import SUFFIXES, may_be_read
from publisher.sources.registry import installed_readers


def test_every_suffix_of_our_readers_is_listed():
    known = {suffix for suffix in installed_readers().suffixes() if not may_be_read("a" + suffix)}
    assert known == set()


def test_nothing_is_listed_that_no_reader_takes():
    assert {suffix for suffix in SUFFIXES if not ("a" + suffix).endswith(installed_readers().suffixes())} == set()
    assert not may_be_read("a.vsi")
    assert not may_be_read("notes.txt")
