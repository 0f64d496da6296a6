// What a manifest must hold before anything is done for it, whoever sends it.
#pragma once

#include "absl/status/status.h"
#include "node/attachment/case_lookup.h"
#include "tamga/v1/attachment.pb.h"

namespace tamga::attachment {

// Largest attachment of any treaty, bytes.
inline constexpr uint64_t kMostBytes = 209'715'200;
// Most bytes in one message of a stream.
inline constexpr size_t kMostChunkBytes = 262'144;

// INVALID_FIELD naming the first field that is not in order; TOO_LARGE (InvalidArgument) beyond kMostBytes. The
// identifier of the attachment is not looked at: a partner's needs CheckRecordId, an own caller's is absent.
absl::Status CheckManifest(const v1::AttachmentManifest& manifest);

// OK if the pinned treaty of the case lets the attachment cross. ATTACHMENT_NOT_ALLOWED (FailedPrecondition) for a kind
// or media type that the treaty does not know, TOO_LARGE (InvalidArgument) beyond its size or `max_bytes`; both name
// treaty and articles.
absl::Status CheckAllowed(const v1::AttachmentManifest& manifest, const CaseTerms& terms, uint64_t max_bytes);

// OK if the first bytes of an attachment are of the type that its manifest says; TYPE_MISMATCH (InvalidArgument) naming
// the type that they are of.
absl::Status CheckMediaType(const v1::AttachmentManifest& manifest, absl::string_view first_bytes);

// Most last bytes of an attachment that CheckEnd looks at.
inline constexpr size_t kEndBytes = 65'557;

// OK unless the bytes are a ZIP archive as well, which is read from its end: a picture to whoever looks at its
// beginning, and a container to whoever opens it. TYPE_MISMATCH (InvalidArgument).
absl::Status CheckEnd(const v1::AttachmentManifest& manifest, absl::string_view first_bytes,
                      absl::string_view last_bytes);

}  // namespace tamga::attachment
