#include "node/attachment/manifest_checks.h"

#include <algorithm>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "node/attachment/media_type.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/domain/record_id.h"

namespace tamga::attachment {
namespace {

constexpr size_t kHashBytes = 32;
constexpr size_t kMostTitleBytes = 480;  // 120 characters of four bytes
constexpr uint32_t kMostPages = 10'000;
constexpr size_t kMostMediaTypeBytes = 127;

// One slash between two names of RFC 6838, lower case.
bool IsMediaType(const std::string& type) {
  const size_t slash = type.find('/');
  if (type.size() > kMostMediaTypeBytes || slash == 0 || slash == std::string::npos || slash + 1 == type.size()) {
    return false;
  }
  return std::all_of(type.begin(), type.end(), [&](const char& c) {
    if (c == '/') return &c == &type[slash];
    return absl::ascii_islower(static_cast<unsigned char>(c)) || absl::ascii_isdigit(static_cast<unsigned char>(c)) ||
           absl::string_view("!#$&-^_.+").find(c) != absl::string_view::npos;
  });
}

// Characters, of which a title may have 120: bytes that do not go on with one.
size_t CharactersIn(absl::string_view text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

bool HasControls(absl::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return absl::ascii_iscntrl(static_cast<unsigned char>(c)); });
}

absl::Status TooLarge(uint64_t most, absl::string_view whose) {
  return Error(absl::StatusCode::kInvalidArgument, "TOO_LARGE",
               absl::StrCat("manifest.size: is more than ", most, " bytes, the most that ", whose, " lets cross"),
               {{"field", "manifest.size"}});
}

std::string Citing(const CaseTerms& terms, const v1::AttachmentRule* rule) {
  if (rule == nullptr || rule->cites().empty()) return terms.treaty_id;
  return absl::StrCat(terms.treaty_id, " art. ", absl::StrJoin(rule->cites(), ", "));
}

absl::Status NotAllowed(absl::string_view field, absl::string_view what, const std::string& by) {
  return Error(absl::StatusCode::kFailedPrecondition, "ATTACHMENT_NOT_ALLOWED",
               absl::StrCat(field, ": ", by, " does not let ", what, " cross"), {{"field", std::string(field)}});
}

// Whether the bytes end with the record that ends a ZIP archive, and with the comment whose length it tells.
bool EndsAsZip(absl::string_view bytes) {
  constexpr absl::string_view kSignature("PK\x05\x06", 4);
  constexpr size_t kRecordBytes = 22;
  constexpr size_t kLengthAt = 20;
  for (size_t at = bytes.rfind(kSignature); at != absl::string_view::npos; at = bytes.rfind(kSignature, at - 1)) {
    const size_t left = bytes.size() - at;
    if (left >= kRecordBytes) {
      const auto low = static_cast<unsigned char>(bytes[at + kLengthAt]);
      const auto high = static_cast<unsigned char>(bytes[at + kLengthAt + 1]);
      if (left == kRecordBytes + low + (size_t{high} << 8)) return true;
    }
    if (at == 0) return false;
  }
  return false;
}

}  // namespace

absl::Status CheckManifest(const v1::AttachmentManifest& manifest) {
  RETURN_IF_ERROR(domain::CheckRecordId("manifest.case_id", manifest.case_id()));
  if (manifest.kind() == v1::ATTACHMENT_KIND_UNSPECIFIED || !v1::AttachmentKind_IsValid(manifest.kind())) {
    return InvalidField("manifest.kind", "must say what it is: SCAN, PHOTOGRAPH, FINGERPRINTS or REPORT");
  }
  if (!IsMediaType(manifest.media_type())) {
    return InvalidField("manifest.media_type", "must be a media type in lower case and without parameters: image/jpeg");
  }
  if (manifest.size() == 0) return InvalidField("manifest.size", "must be the number of bytes, 1 or more");
  if (manifest.size() > kMostBytes) return TooLarge(kMostBytes, "any treaty");
  if (manifest.sha256().size() != kHashBytes) {
    return InvalidField("manifest.sha256", "must be the SHA-256 of the bytes, 32 bytes");
  }
  if (manifest.title().size() > kMostTitleBytes || CharactersIn(manifest.title()) > 120) {
    return InvalidField("manifest.title", "must have 120 characters at most");
  }
  if (HasControls(manifest.title()))
    return InvalidField("manifest.title", "must be one line without control characters");
  if (manifest.pages() > kMostPages) {
    return InvalidField("manifest.pages", absl::StrCat("must be ", kMostPages, " at most"));
  }
  return absl::OkStatus();
}

absl::Status CheckAllowed(const v1::AttachmentManifest& manifest, const CaseTerms& terms, uint64_t max_bytes) {
  const auto rule = std::find_if(terms.rules.begin(), terms.rules.end(),
                                 [&](const v1::AttachmentRule& each) { return each.kind() == manifest.kind(); });
  if (rule == terms.rules.end()) {
    return NotAllowed("manifest.kind",
                      absl::StrCat("an attachment of the kind ", v1::AttachmentKind_Name(manifest.kind())),
                      Citing(terms, nullptr));
  }
  const auto& types = rule->media_types();
  if (std::find(types.begin(), types.end(), manifest.media_type()) == types.end()) {
    return NotAllowed("manifest.media_type",
                      absl::StrCat("the type ", manifest.media_type(), ", but only ", absl::StrJoin(types, ", "), ","),
                      Citing(terms, &*rule));
  }
  if (manifest.size() > rule->max_bytes()) return TooLarge(rule->max_bytes(), Citing(terms, &*rule));
  if (manifest.size() > max_bytes) return TooLarge(max_bytes, "this node");
  return absl::OkStatus();
}

absl::Status CheckMediaType(const v1::AttachmentManifest& manifest, absl::string_view first_bytes) {
  ASSIGN_OR_RETURN(const std::string type, MediaTypeOf(first_bytes));
  if (type == manifest.media_type()) return absl::OkStatus();
  return Error(absl::StatusCode::kInvalidArgument, "TYPE_MISMATCH",
               absl::StrCat("manifest.media_type: the bytes are ", type, ", not ", manifest.media_type(),
                            "; say what they are, or send what was said"),
               {{"field", "manifest.media_type"}});
}

absl::Status CheckEnd(const v1::AttachmentManifest& manifest, absl::string_view first_bytes,
                      absl::string_view last_bytes) {
  // What begins as an archive is one, which libmagic has told.
  if (absl::StartsWith(first_bytes, "PK") || !EndsAsZip(last_bytes)) return absl::OkStatus();
  return Error(absl::StatusCode::kInvalidArgument, "TYPE_MISMATCH",
               absl::StrCat("manifest.media_type: the bytes end as a ZIP archive, and are not ", manifest.media_type(),
                            " alone; send it without what is appended"),
               {{"field", "manifest.media_type"}});
}

}  // namespace tamga::attachment
