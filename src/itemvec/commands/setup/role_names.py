"""Names that columns of catalogues, logs and judgments have, the likeliest first, in some languages."""

from __future__ import annotations

import re
import unicodedata

from itemvec.core.columns import CLICKED, DWELL, GAIN, GROUP, ITEM, PART, POSITION, QUERY, SESSION, TEXT, TIME, USER

WORDS = "query"  # the role of the text of a query

ROLE_NAMES: dict[str, list[str]] = {
    role: names.split()
    for role, names in {
        ITEM: "item_id product_uid product_id parent_asin asin sku article_id article doc_id docid document_id "
        "corpus_id doc document movie_id movieid book_id track_id gtin ean upc itemid productid item product "
        "product_code item_code code handle artikelnummer artikelnr artikel_nr artikel_id artikelid produktnummer "
        "produkt_id référence ref référence_article code_article id_produit código codigo id_producto sku_id "
        "商品コード 商品番号 商品id 品番 商品编号 _id id uid",
        USER: "user_id userid user customer_id customerid customer visitor_id visitorid reviewer_id reviewerid "
        "member_id account_id client_id profile_id kundennummer kundennr kunden_nr kunden_id kunde benutzer_id "
        "numéro_client code_client id_client id_cliente cliente usuario ユーザーid 会員番号 顧客番号 用户id "
        "session_id sessionid session cookie_id cookie",
        TIME: "timestamp time datetime event_time event_timestamp created_at date ts sort_timestamp "
        "unix_review_time unixreviewtime review_time order_date purchase_date invoice_date invoicedate t_dat "
        "clicked_at viewed_at bestelldatum datum kaufdatum zeitpunkt date_commande date_achat fecha fecha_pedido 日時 "
        "日付 購入日 注文日 时间 日期",
        QUERY: "query_id qid queryid search_id topic_id",
        WORDS: "query search_term search_query query_text search_terms searchterm search_phrase keyword keywords "
        "search term query_string question topic q suchbegriff suchanfrage requête recherche búsqueda consulta "
        "検索語 検索キーワード クエリ 搜索词 查询 text",
        GAIN: "gain relevance median_relevance esci_label relevance_label relevance_score relevancy label grade "
        "judgment judgement rating rel relevant rank_label clicks clicked click_count score relevanz bewertung note "
        "pertinence relevancia 評価 関連度 相关性",
        PART: "split part subset set partition fold",
        GROUP: "group",
    }.items()
}
# Of a log of impressions alone.
CLICK_NAMES: dict[str, list[str]] = {
    role: names.split()
    for role, names in {
        POSITION: "position rank pos place shown_at result_position item_position",
        CLICKED: "clicked click is_click is_clicked was_clicked clicks",
        DWELL: "dwell dwell_time dwell_seconds dwelltime",
        SESSION: "session session_id sessionid search_id visit_id impression_id list_id visitor_id user_id",
    }.items()
}
# What makes the text of an item, in the order in which it is read: models cut texts at their end.
TEXT_NAMES: list[list[str]] = [
    names.split()
    for names in (
        "title product_title item_title name product_name item_name headline titel bezeichnung artikelbezeichnung "
        "produktname titre désignation nom título titulo nombre 商品名 タイトル 名称 标题 商品名称",
        "subtitle short_description",
        "brand product_brand manufacturer maker vendor author artist marke hersteller marque fabricant marca "
        "ブランド メーカー 品牌",
        "category categories product_category product_class class product_type genre genres department kategorie "
        "warengruppe catégorie categoría カテゴリ カテゴリー 类别",
        "color colour product_color farbe couleur 色 颜色",
        "bullet_points bullet_point product_bullet_point features keywords tags",
        "text description product_description item_description desc details abstract long_description content contents "
        "body summary plot beschreibung artikelbeschreibung produktbeschreibung langtext descriptif "
        "description_produit descripción descripcion 説明 商品説明 描述",
    )
]
# Columns of a log that say what was done: a view, a purchase.
EVENTS = ("event", "event_type", "event_name", "action", "action_type", "behavior", "behaviour", "type", "aktion")
NUMBERED = ("rank", "position", "row", "index", "page", "price", "year", "variance", "stars", "quantity")


def simple(name: str) -> str:
    """``product_id`` of ``Product ID``, ``productId`` and ``product-id:token``."""
    name = unicodedata.normalize("NFKC", name)  # some systems write é as two letters
    name = re.sub(r":[a-z_]+$", "", name.replace("\ufeff", "").strip())
    name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    return re.sub(r"[\s\-./]+", "_", name).casefold()


def is_numbered(name: str) -> bool:
    """Whether a column is called as a rank or a count, whose numbers are no grades."""
    return not set(simple(name).split("_")).isdisjoint(NUMBERED)


def nearest_role(name: str) -> str:
    """The role whose names are like ``name``, for a column that is not used; "" where none is."""
    own = simple(name)
    for role, names in [*ROLE_NAMES.items(), *((TEXT, names) for names in TEXT_NAMES)]:
        if own in names:
            return role
    words = set(own.split("_"))
    signs = {
        "gain": {"relevance", "rating", "score", "grade", "label", "clicks"},
        TIME: {"time", "date", "timestamp"},
        TEXT: {"title", "name", "description", "text", "bullet", "category", "brand", "color"},
        "query": {"query", "search", "keyword"},
        USER: {"user", "customer", "session"},
        ITEM: {"product", "item", "id"},
    }
    return next((role for role, known in signs.items() if words & known), "")
