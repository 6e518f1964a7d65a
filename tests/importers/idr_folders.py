"""Small IDR study folders, made by code."""

from collections.abc import Mapping
from pathlib import Path

STUDY = """\
"# Section with generic information, as IDR's templates have it"
Comment[IDR Study Accession]\tidr9999{tabs}
Study Title\tCentrosomes in two states
Study Type\tprotein localization
Study Type Term Source REF\tEFO
Study Description\tWhat was seen: <b> of *all*.
Study Key Words\tcentrosome; mitosis
Study Organism\tHomo sapiens\tMus musculus
Study Organism Term Source REF\tNCBITaxon\tNCBITaxon
Study Organism Term Accession\tNCBITaxon_9606\t10090
Study External URL\twww.example.org
Study Public Release Date\t2016-05-26
Study PubMed ID\t23086237
Study Publication Title\tSubdiffraction imaging
Study Author List\tLawo S, Hasegan M, Lévy R
Study PMC ID\t# fill in if known
Study DOI\thttp://dx.doi.org/10.1038/ncb2591
Study License\tCC BY 4.0
Study License URL\thttps://creativecommons.org/licenses/by/4.0/
Study Copyright\tLawo et al
Study Data Publisher\tUniversity of Dundee
Study Person Last Name\tLevy\tOther
Study Person First Name\tRaphael\tAda
Study Person Email\tr.levy@example.org
Study Person Address\tLiverpool
Study Person ORCID\t\thttps://orcid.org/0000-0002-9295-237X
Study Person Roles\tsubmitter, principal investigator

Experiment Number\t1
Comment[IDR Experiment Name]\tidr9999-lawo-centrosomes/experimentA
Experiment Sample Type\tcell
Experiment Description\tInterphase.
Experiment Imaging Method\tSIM
Experiment Imaging Method Term Source REF\tFbbi
Experiment Imaging Method Term Accession\t00000332
Experiment Data DOI\thttps://dx.doi.org/10.17867/10000110a
Protocol Name\tgrowth protocol\ttreatment protocol
Protocol Type\tgrowth protocol\ttreatment protocol
Protocol Description\tGrown.
Phenotype Name\tmitotic\tround
Phenotype Description\tIn mitosis.
Phenotype Score Type\tmanual\tautomatic
Phenotype Term Name\tmitosis
Phenotype Term Accession\tCMPO_0000425
Phenotype Term Name\t\tround cell
Phenotype Term Accession\t\tCMPO_0000118
Library Type\tsiRNA library

Screen Number\t1
Comment[IDR Screen Name]\tidr9999-lawo-centrosomes/screenB
Screen Type\tprimary screen
Screen Technology Type\tRNAi screen
""".replace("{tabs}", "\t" * 478)

RECIPE = """\
name: idr9999
defaults: {include: no, split: , includeclient: yes, visible: yes, omitempty: yes}
columns:
  - {name: Channels, include: yes}
  - {name: Secret, include: yes, visible: no}
  - group:
      namespace: openmicroscopy.org/mapr/gene
      columns:
        - {name: 'Comment [Gene Identifier]', clientname: Gene Identifier, include: yes}
        - name: Comment[Gene Identifier]
          clientname: Gene Identifier URL
          clientvalue: "http://www.ensembl.org/
            id/{{ value | urlencode }}"
          include: yes
        - {name: Synonyms, include: yes, split: ;}
"""

ANNOTATIONS = """\
Dataset Name,Image Name,Secret,Comment [Gene Identifier],Synonyms,Channels,Mean Diameter,Name
CEP/2011,cell_001.dv,s,ENSG1,a; b,2:DNA,452.2 nm,n1
CEP/2011,cell_002.dv,s,ENSG2,,2:DNA,,
CEP/2012,cell_001.dv,s,"ENSG<3>&""x",c,2:DNA,0.5 nm,
CEP/2012,stack.czi [1],,,,,,
"""

PATHS = """\
Dataset:name:CEP/2011\t/uod/idr/incoming/raw/CEP_2011/
Project:name:idr9999-lawo-centrosomes/experimentA/Dataset:name:CEP/2012\t/uod/idr/incoming/raw/CEP_2012/
Dataset:name:Empty\t/uod/idr/incoming/raw/none.dv
"""

WELLS = """\
Plate\tWell\tControl Type\tGene Symbol
P1 [x]\tA1\tempty well\t
P1 [x]\tB2\t\tTUBG1
P2\tA1\t\tCEP120
"""


def write(folder: Path, files: Mapping[str, str]) -> Path:
    """A folder of these texts."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def study_folder(parent: Path, more: Mapping[str, str] | None = None) -> Path:
    """A study with an experiment of two datasets (and an empty one) and a screen of two plates."""
    files = {
        "idr9999-study.txt": STUDY,
        "experimentA/idr9999-experimentA-annotation.csv": ANNOTATIONS,
        "experimentA/idr9999-experimentA-filePaths.tsv": PATHS,
        "experimentA/idr9999-experimentA-bulkmap-config.yml": RECIPE,
        "experimentA/idr9999-experimentA-bulk.yml": "path: idr9999-experimentA-filePaths.tsv\n",
        "experimentA/idr9999-experimentA-cell_002-renderdef.yml": "channels: {1: {label: DNA, color: '0000FF', "
        "start: 0, end: 10}}\nz: 2\n",
        "screenB/idr9999-screenB-library.txt": WELLS,
        "screenB/idr9999-screenB-plates.tsv": "P1 [x]\t/uod/P1\nP2\t/uod/P2\n",
        "screenB/idr9999-screenB-bulk.yml": "target: Screen:name:screenB\npath: idr9999-screenB-plates.tsv\n"
        "columns: [name, path]\n",
    }
    return write(parent / "idr9999-lawo-centrosomes", {**files, **(more or {})})
