"""The kinds of errors that go together: what reading, asking, taking documents in and writing can fail with.

Must not know the operations, nor the statuses to which the kinds lead.
"""

from conflictgraph import errors as e
from conflictgraph.web.openapi.operation import Kinds

ENGINE: Kinds = (e.StoreUnavailable, e.StoreEmpty, e.StoreBusy, e.WorkerFailed)
EVALUATION: Kinds = (e.QueryTimeout, e.GaveWay, e.QueryOutOfMemory, *ENGINE)
LIMITED: Kinds = (e.TooManyRequests,)
PAST: Kinds = (e.MalformedRequest, e.NotFound)
READING: Kinds = (*PAST, e.NotAcceptable, *LIMITED, *EVALUATION)
BODY: Kinds = (e.BodyCutOff, e.BodyTooSlow, e.StoreBusy)
QUERYING: Kinds = (
    *(e.QuerySyntaxError, e.QueryRefused, e.QueryTooDeep, e.UsageError, e.UpdateRefused, e.QueryIdTaken),
    *(e.QueryTooLarge, e.ResultTooLarge, e.TooManyRows, e.QueryCancelled, e.RemoteFailed, *READING),
)
DOCUMENTS: Kinds = (
    *(e.MalformedRequest, e.UsageError, e.DataSyntaxError, e.UnsupportedMediaType, e.InputTooLarge),
    *(e.QueryTooLarge, e.DataError, *BODY),
)
WRITING: Kinds = (
    *(e.TokenRefused, e.WritingOff, e.UpdateRefused, e.DoesNotConform, e.DataError, e.StoreLocked),
    *(e.DraftClosed, e.MissingFile, e.SettingError, *LIMITED, *EVALUATION),
)
UPDATING: Kinds = (
    *(e.MalformedRequest, e.QuerySyntaxError, e.QueryRefused, e.QueryTooDeep, e.UsageError, e.QueryTooLarge),
    *(e.UnsupportedMediaType, e.DataSyntaxError, e.InputTooLarge, e.RemoteFailed),
    *(*BODY, *WRITING),
)
