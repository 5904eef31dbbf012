"""The log: append, read, watch; what an event is and how it is stored.

This package knows events, tags and positions. It knows nothing of members, branches or
programmes. `log.Log` is what the floors above use. Its rooms, from the bottom up:

* `errors`, said in Chinese and English; `files` beside the log; `ambient`, everything random or of the moment;
  `layout`, whether a database holds what we make and nothing else;
* `envelope`: what every event carries beside its payload;
* `personal/`: texts about persons, encrypted under the key of whom they are about (加密); the keys in
  `keys.db` and what unlocks them; who was erased;
* `lifting`, `recorded`, `codec`: how an event becomes bytes and comes back, and an old version the newest;
* `recorders/`: where events are kept. The recorder on one SQLite file and what it is made of, what other
  recorders lack (`portable`), what is asked of a log's file without one (`still`, `examining`, `glance`);
* `log`: a recorder and a codec together;
* `seals/`: the tree over the log, signed (封存), and the files beside it;
* `copying`: a whole log with its seals, while others write;
* `verifying/`: is the log the one that was sealed (核验); proofs, made and verified; `command` is the
  command line for both, and `__main__` runs it with a safe path.

Nothing is imported here: the command line must start fast.
"""
