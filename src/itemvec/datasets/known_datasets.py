"""Sources and hashes of the raw files of known data sets."""

from itemvec.datasets.sources import ByHand, Download, PackageFiles, Source


def _movielens(release: str, checksum: str, suffix: str) -> Download:
    archive = f"ml-{release}.zip"
    members = [f"ml-{release}/{name}.{suffix}" for name in ("ratings", "movies")]
    return Download("https://files.grouplens.org/datasets/movielens/", [archive], {archive: checksum}, members)


def _beir(name: str, md5: str, *splits: str) -> Download:
    members = [f"{name}/{file}" for file in ("corpus.jsonl", "queries.jsonl", *(f"qrels/{one}.tsv" for one in splits))]
    base = "https://public.ukp.informatik.tu-darmstadt.de/thakur/BEIR/datasets/"
    return Download(base, [f"{name}.zip"], {f"{name}.zip": f"md5:{md5}"}, members)


def _amazon(category: str) -> Download:
    """The files that the paper's code reads: products, and reviews split by time, without a k-core."""
    split = [f"benchmark/0core/timestamp_w_his/{category}.{part}.csv.gz" for part in ("train", "valid", "test")]
    base = "https://mcauleylab.ucsd.edu/public_datasets/data/amazon_2023/"
    return Download(base, [f"raw/meta_categories/meta_{category}.jsonl.gz", *split])


def _esci(**sha256: str) -> Download:
    """The files at one commit; the sha256 of Parquet files are those of their LFS pointers."""
    base = "https://github.com/amazon-science/esci-data/raw/7916cdf6ab75a462e77f20ab40428a10923998d5/"
    suffixes = {"examples": "parquet", "products": "parquet", "sources": "csv"}
    names = {key: f"shopping_queries_dataset_{key}.{suffix}" for key, suffix in suffixes.items()}
    sums = {names[key]: f"sha256:{value}" for key, value in sha256.items()}
    return Download(f"{base}shopping_queries_dataset/", list(names.values()), sums)


ESCI = _esci(
    examples="4a735b693b4a424a6fc67f5be6e4c811495c488bbf66d02a602d308b2744263a",
    products="25124442d064d64b26f74082d6fa09438d679efc0c183cf28d19064a2b65a265",
    sources="a5fed8ecc016443de40bf3c63098f0e3f23bbe4daa4236f1c38b8c3184778c50",
)
BEIR_FILES = ["corpus.jsonl", "queries.jsonl", "qrels.jsonl"]
SOURCES: dict[str, Source] = {
    "movielens-100k": PackageFiles(
        "recbole",
        "dataset_example/ml-100k",
        {
            "ml-100k.inter": "4edb74e2a81178c2ba9ff381495f754f996c4aea351b1272ca36b43da0935eff",
            "ml-100k.item": "51d7cdf777ce5c0f5b32c1d947a4a81fe07d75e78abbe761e0cd4d0756064532",
        },
    ),
    # GroupLens publishes md5; the sha256 are those of tensorflow_datasets (url_checksums/movielens.txt).
    "movielens-1m": _movielens("1m", "sha256:a6898adb50b9ca05aa231689da44c217cb524e7ebd39d264c56e2832f2c54e20", "dat"),
    "movielens-20m": _movielens(
        "20m", "sha256:96f243c338a8665f6bcc89c53edf6ee39162a846940de6b7c8c48aeada765ff3", "csv"
    ),
    "movielens-32m": _movielens("32m", "md5:d472be332d4daa821edc399621853b57", "csv"),
    "amazon-all-beauty": _amazon("All_Beauty"),
    "amazon-video-games": _amazon("Video_Games"),
    "amazon-baby-products": _amazon("Baby_Products"),
    # BEIR publishes md5 (README of beir-cellar/beir).
    "scifact": _beir("scifact", "5f7d1de60b170fc8027bb7898e2efca1", "train", "test"),
    "nfcorpus": _beir("nfcorpus", "a89dba18a62ef92f7d323ec890a0d38d", "train", "dev", "test"),
    "limit": Download(
        "https://huggingface.co/datasets/orionweller/LIMIT/resolve/215834026c13176e520b3bc9d0a055099537ef99/",
        BEIR_FILES,
        {
            "corpus.jsonl": "sha256:10209a6916e029c199676caec3349cb925e2a74451161899c30c36e1b9032f82",
            "queries.jsonl": "sha256:1ead4c54487728173aa1433778a2ab0f4cf1cf8aeeedb886c05238b32d818594",
            "qrels.jsonl": "sha256:a4f9b25b694623c240c6499fb8d8a4896355db9c840f29bd14580d0d4100ea89",
        },
    ),
    "limit-small": Download(
        "https://raw.githubusercontent.com/google-deepmind/limit/main/data/limit-small/", BEIR_FILES
    ),
    "esci-us": ESCI,
    "esci-es": ESCI,
    "esci-jp": ESCI,
    "amazon-c4": Download(
        "https://huggingface.co/datasets/McAuley-Lab/Amazon-C4/resolve/233734e8fa188058ce6ecc471bc3bef4e37a3451/",
        ["test.csv", "sampled_item_metadata_1M.jsonl"],
    ),
    "wands": Download(
        "https://raw.githubusercontent.com/wayfair/WANDS/3b74dcf4ba29ab8ff3e6a50b5b09fc627cb882b5/dataset/",
        ["product.csv", "query.csv", "label.csv"],
        {
            "product.csv": "sha256:d993926254572e6eba96c8fd87cc549a17fb91ad3748308036eee4cf92b10ac6",
            "query.csv": "sha256:63b61660560fecc33ec490804c7e2b81402ee3e7c31a9cbb5e03736639f68e95",
            "label.csv": "sha256:c11fe81ad62f17f56f316b0ec9630ebe8fbe1393578cb0ca4f05c17253a180ef",
        },
    ),
    "crowdflower": ByHand(
        ["train.csv"],
        "log in to Kaggle, accept the rules of kaggle.com/c/crowdflower-search-relevance, download train.csv.zip "
        "from its data page, and unpack it there",
    ),
}
