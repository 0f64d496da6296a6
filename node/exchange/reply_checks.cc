#include "node/exchange/reply_checks.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "google/protobuf/descriptor.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/base/text.h"

namespace tamga::exchange {
namespace {

constexpr size_t kMaxTextBytes = 1024;
constexpr int kMaxTexts = 16;
constexpr int kMaxFields = 100;

absl::Status NotInOrder(absl::string_view what) {
  return Error(absl::StatusCode::kDataLoss, "REPLY_NOT_IN_ORDER",
               absl::StrCat("the partner's reply is not in order: ", what));
}

bool IsFieldPath(const google::protobuf::Descriptor& type, const std::string& path) {
  const google::protobuf::Descriptor* message = &type;
  for (const std::string& name : std::vector<std::string>(absl::StrSplit(path, '.'))) {
    const google::protobuf::FieldDescriptor* field = message == nullptr ? nullptr : message->FindFieldByName(name);
    if (field == nullptr) return false;
    message = field->message_type();
  }
  return true;
}

absl::Status CheckTexts(const google::protobuf::RepeatedPtrField<std::string>& texts) {
  if (texts.size() > kMaxTexts) return NotInOrder("too many sentences");
  for (const std::string& text : texts) {
    if (!CheckText("text", text, kMaxTextBytes).ok()) return NotInOrder("a sentence is too long or not plain text");
  }
  return absl::OkStatus();
}

absl::Status CheckRefusal(const v1::ExchangeReply& reply) {
  const v1::Refusal& refusal = reply.refusal();
  if (ReasonCode(refusal.reason()) != refusal.reason()) return NotInOrder("the reason is not a code");
  if (!CheckText("explanation", refusal.explanation(), kMaxTextBytes).ok()) {
    return NotInOrder("the explanation is too long or not plain text");
  }
  RETURN_IF_ERROR(CheckTexts(refusal.missing()));
  RETURN_IF_ERROR(CheckTexts(refusal.citations()));
  const bool bare = reply.articles_size() == 0 && reply.withheld_fields_size() == 0 && reply.result().empty() &&
                    reply.disclosure() <= v1::DISCLOSURE_LEVEL_NONE;
  return bare ? absl::OkStatus() : NotInOrder("a refusal discloses nothing");
}

}  // namespace

absl::Status CheckReply(const v1::ExchangeReply& reply, const policy::Decision& decision,
                        const google::protobuf::Descriptor& result_type) {
  if (!v1::DisclosureLevel_IsValid(reply.disclosure())) return NotInOrder("the disclosure is unknown");
  if (reply.has_refusal()) return CheckRefusal(reply);
  if (reply.disclosure() > decision.reply.level()) return NotInOrder("it discloses more than the treaty allows");
  for (const std::string& article : reply.articles()) {
    const auto& own = decision.articles;
    if (std::find(own.begin(), own.end(), article) == own.end()) return NotInOrder("an article is not the treaty's");
  }
  if (reply.articles_size() > static_cast<int>(decision.articles.size())) return NotInOrder("articles are repeated");
  if (reply.withheld_fields_size() > kMaxFields) return NotInOrder("too many withheld fields");
  for (const std::string& path : reply.withheld_fields()) {
    if (!IsFieldPath(result_type, path)) return NotInOrder("a withheld field does not exist");
  }
  return absl::OkStatus();
}

std::string ReasonCode(absl::string_view reason) {
  const bool is_code = !reason.empty() && reason.size() <= 40 &&
                       reason.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == absl::string_view::npos;
  return is_code ? std::string(reason) : "OTHER";
}

}  // namespace tamga::exchange
