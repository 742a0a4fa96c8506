"""The words that may stand in a trace: of interfaces of providers, never of people.

Nothing is written because it looks harmless: a password may look like a word. A list grows when a provider's answer
could not be understood without it.
"""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


SECRET_FIELDS = _words("""
    access_token accesskey api_key api_secret apikey appsecret_proof auth authorization checksum client_secret
    code_verifier hash pass password refresh_token secret secret_key secret_token secretkey sig signature token
    user username
""")
"""Names of fields that open something: not even the length of their values is told."""

STATUS_FIELDS = _words("""
    code code_result codeerror coderesult err error error-code error_code errorcode group groupid message-count
    message_count ok quota remain result resultcode retry_after smsstatus state status status_code statuscode
    sub_code success
""")
"""Names of fields whose values may be shown, when these are a short number or one of :data:`STATUS_WORDS`."""

ID_FIELDS = _words("""
    attachment_id id message-id message_id messageid msg_id msgid request_id requestid sid sms_id smsid
    tracking_id tran_id tranid
""")
"""Names of fields that hold an id of a message: told by a keyed hash."""

STATUS_WORDS = _words("""
    accepted delivered error expired fail failed failure false ok pending pending_accepted pending_enroute
    pending_waiting_delivery queued rejected sending sent succeeded success true undelivered unknown
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
    answerCallbackQuery api app cgi-bin conversation cs deleteWebhook detail editMessageText file getMe
    getUpdates getWebhookInfo getmessage getoa getprofile image info json listrecentchat message messages oa
    permission promotion quota rest send sendChatAction sendMessage sendPhoto sendsms services setWebhook sms
    template text transaction upload user v1 v2 v2.0 v3 v3.0 v4
""")
"""Pieces of the paths of interfaces."""

FIELDS = (
    SECRET_FIELDS
    | STATUS_FIELDS
    | ID_FIELDS
    | _words("""
    account action allowed_updates allowed_updates[] app_id attachment body brand_name brandname buttons
    buttons[] callback_url callbackurl campaignid caption charset chat chat_id client-ref code_challenge coding
    content cs_reply dailyquota data date default_action description destination destinations destinations[]
    dlr-mask dlr-url drop_pending_updates elements elements[] entities entityid error_description error_message
    error_name error_reason errormessage expires_in first_name from from_ grant_type inline_keyboard is_bot
    is_unicode isunicode last_name limit link_preview_options max_connections mclass message message_thread_id
    messages messages[] msisdn name network notify_url notifyurl oa_id offset parameters parse_mode payload
    phone phone_number phonenumber photo price priority quotatype reason receiver recipient recipients
    refresh_token_expires_in remainingquota reply_markup sandbox sender sending_mode sent_time sms_type smsc
    smstype statuscallback subtitle template_data template_id template_type text timeout title to to_ total
    totalprice totalsms type udh unicode url user_id userid validity
""")
)
"""Names of fields in requests and answers, in lower case."""
