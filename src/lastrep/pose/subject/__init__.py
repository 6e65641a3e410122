"""Tracking one subject, the lifter, among several people in the image.

`tracker` follows one person and notices when it is another; `gating` says where the subject can be,
`appearance` how the subject looks, and `candidates` which of several people lifts.
"""
