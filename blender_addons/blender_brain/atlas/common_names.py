# SPDX-License-Identifier: GPL-3.0-or-later
"""Names that are in common use but in no atlas, and the full names that atlases have instead.

Atlases differ, so each name leads to those full names that the atlas at hand does have.
"""

from __future__ import annotations

from typing import Final

_GROUPS: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("v1, visual cortex v1, striate cortex", ("Primary visual area", "Primary visual cortex")),
    ("a1", ("Primary auditory area", "Primary auditory cortex")),
    (
        "s1, barrel and body cortex",
        ("Primary somatosensory area", "Primary somatosensory cortex"),
    ),
    ("s2", ("Supplemental somatosensory area", "Secondary somatosensory cortex")),
    ("m1, motor cortex m1", ("Primary motor area", "Primary motor cortex")),
    ("m2", ("Secondary motor area", "Secondary motor cortex")),
    (
        "barrel cortex, s1bf",
        ("Primary somatosensory area, barrel field", "Barrel field"),
    ),
    (
        "lgn, lateral geniculate, lateral geniculate nucleus",
        (
            "Dorsal part of the lateral geniculate complex",
            "Ventral part of the lateral geniculate complex",
        ),
    ),
    ("dlgn", ("Dorsal part of the lateral geniculate complex",)),
    ("vlgn", ("Ventral part of the lateral geniculate complex",)),
    ("mgn, medial geniculate, medial geniculate nucleus", ("Medial geniculate complex",)),
    (
        "mpfc, medial prefrontal, medial prefrontal cortex",
        ("Anterior cingulate area", "Prelimbic area", "Infralimbic area"),
    ),
    (
        "pfc, prefrontal, prefrontal cortex",
        ("Anterior cingulate area", "Prelimbic area", "Infralimbic area", "Orbital area"),
    ),
    ("ofc, orbitofrontal, orbitofrontal cortex", ("Orbital area",)),
    ("acc, cingulate cortex", ("Anterior cingulate area",)),
    ("rsc", ("Retrosplenial area", "Retrosplenial cortex")),
    ("ppc", ("Posterior parietal association areas",)),
    ("insula, insular cortex", ("Agranular insular area", "Gustatory areas", "Visceral area")),
    ("nac, nacc, accumbens", ("Nucleus accumbens",)),
    ("dorsal striatum, caudate putamen", ("Caudoputamen",)),
    ("bla", ("Basolateral amygdalar nucleus",)),
    ("cea, central amygdala", ("Central amygdalar nucleus",)),
    (
        "amygdala",
        (
            "Basolateral amygdalar nucleus",
            "Central amygdalar nucleus",
            "Lateral amygdalar nucleus",
            "Medial amygdalar nucleus",
            "Striatum-like amygdalar nuclei",
        ),
    ),
    ("sc, superior colliculus", ("Superior colliculus, sensory related",
                                 "Superior colliculus, motor related")),
    ("snc", ("Substantia nigra, compact part",)),
    ("snr", ("Substantia nigra, reticular part",)),
    ("ec, entorhinal cortex", ("Entorhinal area",)),
    ("medial entorhinal cortex, mec", ("Entorhinal area, medial part, dorsal zone",)),
    ("lateral entorhinal cortex, lec", ("Entorhinal area, lateral part",)),
    ("trn", ("Reticular nucleus of the thalamus",)),
    ("lc", ("Locus ceruleus", "Locus coeruleus")),
    ("isocortex, neocortex", ("Isocortex", "Neocortex")),
    ("white matter", ("fiber tracts",)),
    ("hippocampus", ("Hippocampal formation", "Hippocampal region")),
    ("olfactory bulb, ob", ("Main olfactory bulb",)),
    ("motor cortex", ("Somatomotor areas", "Motor areas")),
    ("somatosensory cortex", ("Somatosensory areas",)),
    ("visual cortex", ("Visual areas",)),
    ("auditory cortex", ("Auditory areas",)),
    ("retrosplenial, retrosplenial cortex", ("Retrosplenial area", "Retrosplenial cortex")),
    ("anterior cingulate, anterior cingulate cortex", ("Anterior cingulate area",)),
    ("prelimbic, prelimbic cortex, prl", ("Prelimbic area",)),
    ("infralimbic, infralimbic cortex, il", ("Infralimbic area",)),
    ("piriform, piriform cortex", ("Piriform area",)),
    ("perirhinal, perirhinal cortex", ("Perirhinal area",)),
    ("postrhinal, postrhinal cortex", ("Postrhinal area",)),
    ("ectorhinal, ectorhinal cortex", ("Ectorhinal area",)),
    ("temporal association, temporal association cortex", ("Temporal association areas",)),
    ("posterior parietal, posterior parietal cortex", ("Posterior parietal association areas",)),
    (
        "v2, secondary visual cortex",
        (
            "Lateral visual area", "Anterolateral visual area", "Anteromedial visual area",
            "Posterolateral visual area", "posteromedial visual area",
        ),
    ),
    ("dstr, cpu", ("Caudoputamen",)),
    ("septum", ("Lateral septal complex", "Medial septal complex")),
    ("medial septum", ("Medial septal nucleus",)),
    ("lateral septum", ("Lateral septal nucleus",)),
    ("bnst, bed nucleus, bed nucleus of the stria terminalis",
     ("Bed nuclei of the stria terminalis",)),
    ("globus pallidus", ("Globus pallidus, external segment", "Globus pallidus, internal segment")),
    ("substantia nigra", ("Substantia nigra, compact part", "Substantia nigra, reticular part",
                          "Substantia nigra, lateral part")),
    ("reticular thalamus, reticular thalamic nucleus, thalamic reticular nucleus",
     ("Reticular nucleus of the thalamus",)),
    ("pom", ("Posterior complex of the thalamus",)),
    ("habenula", ("Medial habenula", "Lateral habenula")),
    ("lhb", ("Lateral habenula",)),
    ("mhb", ("Medial habenula",)),
    ("lateral hypothalamus", ("Lateral hypothalamic area",)),
    ("pvn", ("Paraventricular hypothalamic nucleus",)),
    ("scn", ("Suprachiasmatic nucleus",)),
    ("arc, arcuate nucleus", ("Arcuate hypothalamic nucleus",)),
    ("mpoa", ("Medial preoptic area",)),
    ("drn, dorsal raphe, dorsal raphe nucleus", ("Dorsal nucleus raphe",)),
    ("brainstem", ("Brain stem",)),
    ("grey matter", ("Basic cell groups and regions", "Grey matter")),
    ("brain, whole brain", ("root", "Whole brain")),
)  # fmt: skip
COMMON_NAMES: Final = {
    name.strip(): tuple(full.casefold().replace(",", "") for full in names)
    for common, names in _GROUPS
    for name in common.split(",")
}
"""Full names, case-folded and without commas, by common names in lower case."""
