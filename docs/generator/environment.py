"""The page of environment variables."""

from docs.generator.table import page, table

LEAD = """Facts about a machine are environment variables, never parameters: they must not change what a run is. So
`params.yaml` holds none of them, and none changes what DVC thinks is up to date."""
OURS = {
    "ITEMVEC_CACHE": (
        "the user's cache folder",
        "Where encoded texts are kept: a folder, or object storage as `s3://bucket/prefix`, `gs://` or `az://`. "
        "`itemvec cache list` says what is there.",
    ),
    "ITEMVEC_DEVICE": (
        "a GPU if there is one, else `cpu`",
        "Torch device for encoders, recommenders and rerankers: `cpu`, `cuda`, `cuda:1`.",
    ),
    "ITEMVEC_ENGINE": ("`local`", "What checks, encodes, reduces, ranks: `local`, this machine, or `ray`, a cluster."),
    "ITEMVEC_FAIL_ON": ("none", "With `worse`, `itemvec review` exits 1 on a shown loss of more than the tolerance."),
    "ITEMVEC_TOKEN": ("none", "What requests to `itemvec serve` must show; needed with `--host` beyond this machine."),
    "ITEMVEC_WORKER_CPUS": ("4", "With `ITEMVEC_ENGINE=ray`: how many CPUs a worker without a GPU takes."),
}
OTHERS = {
    "OMP_NUM_THREADS": (
        "a thread for each core",
        "How many threads torch computes with. Results of another number may differ in their last digits.",
    ),
    "RAY_ADDRESS": (
        "none: a cluster of this machine alone",
        "Cluster that `ITEMVEC_ENGINE=ray` uses: `HOST:PORT` or `auto`.",
    ),
    "HF_HOME, HF_TOKEN, HF_HUB_OFFLINE": (
        "those of huggingface_hub",
        "Where weights are kept, the token for closed models, and whether to stay off the network. Every variable that "
        "begins with `HF_` is passed on to the workers of a cluster.",
    ),
    "AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION": ("none", "Key and region, where `ITEMVEC_CACHE` is on S3."),
    "AWS_ENDPOINT_URL, AWS_ALLOW_HTTP": (
        "none",
        "Another server with the API of S3; `AWS_ALLOW_HTTP=true` if it has no TLS.",
    ),
    "CUDA_VISIBLE_DEVICES": ("all", "Which GPUs torch and RecBole see."),
    "TMPDIR": ("the system's", "Where `lancedb` and `colbert` put their indexes while a stage runs."),
}
KEYS = """An encoder or reranker behind an API reads its key from the variable that its row names in `key_variable`,
such as `OPENAI_API_KEY`. The key is written nowhere."""
SET = {
    "DVC_STAGE": "Set by DVC while it runs a stage. With it, a stage ends when the DVC that started it is gone.",
    "GX_ANALYTICS_ENABLED": "Set to `false` unless you set it: Great Expectations reports nothing.",
    "RAY_USAGE_STATS_ENABLED": "Set to `0` unless you set it: Ray reports nothing.",
    "RAY_BACKEND_LOG_LEVEL": "Set to `fatal` unless you set it: a lost worker is made good, so Ray need not report it.",
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "Set to `1` unless you set it: a worker that asks for no GPU sees none.",
    "LANCE_DEFAULT_IO_BUFFER_SIZE": "Set unless you set it, so that reading vectors takes little memory.",
}
TESTS = {
    "ITEMVEC_SHARED_DATA": (
        "none",
        "Folder of public data that may not be shipped. Tests that check published figures need it.",
    )
}
HEAD = ("variable", "default", "meaning")


def environment() -> str:
    """The whole page."""
    return page(
        "Environment variables",
        LEAD,
        "## itemvec",
        _table(OURS),
        "## Of libraries",
        _table(OTHERS),
        KEYS,
        "## Set by itemvec or DVC",
        "Listed so that nothing is hidden; there is no need to set them.",
        table(("variable", "meaning"), [[f"`{name}`", text] for name, text in SET.items()]),
        "## Of tests",
        _table(TESTS),
    )


def _table(variables: dict[str, tuple[str, str]]) -> str:
    return table(
        HEAD, [[", ".join(f"`{one}`" for one in name.split(", ")), *facts] for name, facts in variables.items()]
    )
