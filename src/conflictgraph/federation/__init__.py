"""What requests ask of other hosts: fetched beforehand, by a process of its own, and put into their text."""
