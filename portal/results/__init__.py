"""Results of a closed round: the page, its exports, and the step by which peer workers open their figures.

Everything shown comes out of ``assessments.disclosure.publish``. Nothing here counts, and nothing reads a sheet.
"""
