"""A folder of documents through conversion: what becomes of each, counted, and a report for people.

`python -m benchmarks.corpus FOLDER` takes UBL, CII, PDF and Banqup's JSON; files of one name with a `.json` beside them
are one document.
"""
