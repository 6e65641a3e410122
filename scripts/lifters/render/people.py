"""The people on film: body shapes and outfits."""

from __future__ import annotations

from dataclasses import dataclass

Colour = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Person:
    """Body shape (all 0..1) and what is worn; asset paths are inside the caller's asset folder.

    `tint` multiplies the skin's colour; `shirt` and `shorts` are painted garments cut from the base
    mesh, used where no clothes asset is worn.
    """

    gender: float
    muscle: float
    weight: float
    height: float = 0.55
    skin: str = ""
    wear: tuple[str, ...] = ()
    shirt: Colour | None = None
    shorts: Colour | None = None
    tint: Colour = (1.0, 1.0, 1.0)


_MALE_SKIN = "skins/young_caucasian_male2/young_lightskinned_male_diffuse2.png"
_FEMALE_SKIN = "skins/young_caucasian_female2/young_lightskinned_female_diffuse2.png"
_EYES = "eyes/low-poly/low-poly.mhclo"
_MALE_KIT = (
    "clothes/shoes06/shoes06.mhclo",
    "hair/short02/short02.mhclo",
    _EYES,
    "eyebrows/eyebrow001/eyebrow001.mhclo",
)
_FEMALE_KIT = (
    "clothes/female_sportsuit01/female_sportsuit01.mhclo",
    "clothes/shoes06/shoes06.mhclo",
    "hair/ponytail01/ponytail01.mhclo",
    _EYES,
    "eyebrows/eyebrow002/eyebrow002.mhclo",
)
_BROWN: Colour = (0.42, 0.30, 0.24)
_OLIVE: Colour = (0.74, 0.62, 0.52)

PEOPLE: dict[str, Person] = {
    "male": Person(
        1.0, 0.75, 0.55, 0.6, _MALE_SKIN, _MALE_KIT, (0.30, 0.05, 0.05), (0.05, 0.05, 0.07)
    ),
    "female": Person(0.0, 0.60, 0.50, 0.5, _FEMALE_SKIN, _FEMALE_KIT),
    "male_heavy": Person(
        1.0, 0.70, 0.80, 0.5, _MALE_SKIN, _MALE_KIT, (0.08, 0.10, 0.12), (0.16, 0.17, 0.20), _OLIVE
    ),
    "male_dark": Person(
        1.0, 0.85, 0.50, 0.6, _MALE_SKIN, _MALE_KIT, (0.55, 0.55, 0.57), (0.04, 0.05, 0.12), _BROWN
    ),
    "female_dark": Person(0.0, 0.65, 0.45, 0.55, _FEMALE_SKIN, _FEMALE_KIT, tint=_BROWN),
    "male_slim": Person(
        1.0, 0.45, 0.35, 0.6, _MALE_SKIN, _MALE_KIT, (0.07, 0.22, 0.16), (0.22, 0.20, 0.17)
    ),
}
