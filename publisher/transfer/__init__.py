"""From the files of a finished build to the same files in a store elsewhere: what differs, sent in a safe order."""
