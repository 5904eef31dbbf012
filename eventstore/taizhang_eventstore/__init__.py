"""The log: append, read, watch; what an event is and how it is stored.

This package knows events, tags and positions. It knows nothing of members, branches or
programmes. `log.Log` is what the floors above use; the other modules are its parts:

* `sqlite` — the recorder on one SQLite file, and the factory by which the library finds it;
* `schema`, `connection`, `reading`, `appending`, `condition`, `subscription` — what that recorder is
  made of; `portable` — what other recorders lack, done with the port alone;
* `envelope`, `codec`, `recorded`, `lifting` — what an event carries, how it becomes bytes and comes back,
  and how an old version becomes the newest;
* `copying` — a whole log with its seals copied while others write;
* `cipher`, `keyring`, `keys`, `wrapping` — personal texts sealed inside events (密封), the keys in
  `keys.db`, and what unlocks them; `erasures` — the list of who was erased;
* `merkle`, `tree` — the leaves of the tree that seals the log (封存), its roots and proofs;
* `note`, `checkpoint` — signed notes and checkpoints, the text of seals and proofs;
* `seals`, `sealing`, `files` — the files beside the log, and how they are made;
* `verifying`, `scanning`, `comparing`, `judging`, `concluding`, `report`, `still` — is the log the one that
  was sealed (核验); `proving` — proofs, made and verified; `__main__` — the command for both;
* `ambient` — everything random or of the moment;
* `errors` — what can go wrong, said in Chinese and English.

Nothing is imported here: the command line must start fast.
"""
