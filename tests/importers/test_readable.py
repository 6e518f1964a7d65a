"""What importers list as images is what our readers take."""

from publisher.importers.readable import SUFFIXES, may_be_read
from publisher.sources.registry import LAST_RESORT, installed_readers


def test_every_suffix_of_our_readers_is_listed():
    own = (reader for reader in installed_readers([]).readers.values() if reader.name != LAST_RESORT)
    unlisted = {suffix for reader in own for suffix in reader.suffixes if not may_be_read("a" + suffix)}
    assert unlisted == set()


def test_nothing_is_listed_that_no_reader_takes():
    assert {suffix for suffix in SUFFIXES if not ("a" + suffix).endswith(installed_readers().suffixes())} == set()
    assert not may_be_read("a.vsi")
    assert not may_be_read("notes.txt")
