"""The stages of ``dvc.yaml``: one module per stage, called by the script of the same name in ``pipelines``."""
