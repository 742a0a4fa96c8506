"""The words that may stand in a trace: of interfaces of providers, never of people.

Nothing is written because it looks harmless: a password may look like a word. A list grows when a provider's answer
could not be understood without it.
"""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


SECRET_FIELDS = _words("""
    access_token accesskey api_key api_secret apikey appsecret_proof auth authorization checksum client_id
    client_secret code_verifier hash pass password pwd refresh_token secret secret_key secret_token secretkey
    session_id sig signature token u user username
""")
"""Names of fields that open something: not even the length of their values is told."""

STATUS_FIELDS = _words("""
    code code_result codeerror coderesult err error error-code error_code errorcode group groupid groupname
    message-count message_count ok quota remain result resultcode retry_after smsstatus state status status_code
    statuscode sub_code success
""")
"""Names of fields whose values may be shown, when these are a short number or one of :data:`STATUS_WORDS`."""

ID_FIELDS = _words("""
    attachment_id id message-id message_id messageid msg_id msgid request_id requestid sid sms_id smsid tracking_id
    tran_id tranid
""")
"""Names of fields that hold an id of a message: told by a keyed hash."""

STATUS_WORDS = _words("""
    accepted delivered error expired fail failed failure false ok pending pending_accepted pending_enroute
    pending_waiting_delivery queued rejected sending sent succeeded success true undeliverable undelivered unknown
""")
"""Values of status fields, in lower case."""

PHRASES = (
    "Accepted for delivery",
    "Queued for later delivery",
    "Authorization failed",
    "Not routable",
    "Temporal failure",
    "Denied receivers",
    "Sender missing",
    "Bad Request",
    "Unauthorized",
    "Forbidden",
    "Not Found",
    "Conflict",
    "Too Many Requests",
    "chat not found",
    "bot was blocked",
    "message is not modified",
    "can't parse entities",
    "Access token is invalid",
    "Access token has expired",
)
"""What providers say in words, as far as it may be repeated."""

SEGMENTS = _words("""
    2010-04-01 Accounts MainService.svc Messages.json SendMultipleMessage_V4_post_json access_token all
    answerCallbackQuery api app cgi-bin conversation cs deleteWebhook detail editMessageText file getMe getUpdates
    getWebhookInfo getmessage getoa getprofile image info json listrecentchat message messages oa advanced bulkapi
    index.php json oauth2 permission promotion push-brandname-otp quota rest send send-mt sendChatAction sendMessage
    sendPhoto sendsms services setWebhook sms template text token transaction upload user v1 v2 v2.0 v3 v3.0 v4
""")
"""Pieces of the paths of interfaces."""

FIELDS = (
    SECRET_FIELDS
    | STATUS_FIELDS
    | ID_FIELDS
    | _words("""
    account action allowed_updates allowed_updates[] answers app_id attachment bid body brand_name brandname buttons
    buttons[] callback callback_url callbackurl campaignid caption charset chat chat_id client-ref code_challenge
    coding command_code content cs_reply dailyquota data date default_action description destination destinations
    destinations[] dlr dlr-level dlr-mask dlr-method dlr-url drop_pending_updates elements elements[] entities
    entityid error_description error_message error_name error_reason errormessage expires_in first_name from from_
    grant_type hex-content inline_keyboard is_bot is_charged is_unicode isunicode json last_name limit
    link_preview_options max_connections mclass message message_thread_id messages messages[] msisdn mt_code name
    network notify_url notifycontenttype notifyurl oa_id offset parameters parse_mode payload phone phone_number
    phonenumber photo price priority quotatype reason receiver recipient recipients refresh_token_expires_in
    remainingquota reply_markup report_url sandbox scope sender sending_mode sent_time service_id sms sms_type smsc
    smstype statuscallback subtitle template_data template_id template_type text time timeout title to to_ total
    totalprice totalsms type udh unicode url user_id userid validity
""")
)
"""Names of fields in requests and answers, in lower case."""
