#include "policy/read_text.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "google/protobuf/io/tokenizer.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "policy/parse_hint.h"
#include "policy/treaty_text.h"

namespace tamga::policy {
namespace {

class Collector final : public google::protobuf::io::ErrorCollector {
 public:
  Collector(const google::protobuf::Descriptor* type, Findings* findings) : type_(type), findings_(findings) {}

  void AddError(int line, google::protobuf::io::ColumnNumber column, const std::string& message) override {
    findings_->Add(line + 1, column + 1, absl::StrCat(message, HintFor(message, *type_)));
  }
  // A document that the parser has doubts about is not one to decide by.
  void AddWarning(int line, google::protobuf::io::ColumnNumber column, const std::string& message) override {
    AddError(line, column, message);
  }

 private:
  const google::protobuf::Descriptor* const type_;
  Findings* const findings_;
};

}  // namespace

void ReadText(absl::string_view bytes, google::protobuf::Message* message,
              google::protobuf::TextFormat::ParseInfoTree* places, Findings* findings) {
  if (bytes.size() > kLongestDocument) {
    findings->Add(1, 1, absl::StrCat("is ", bytes.size(), " bytes long; at most ", kLongestDocument, " are allowed"));
    return;
  }
  CheckTreatyText(bytes, findings);
  if (!findings->empty()) return;

  Collector collector(message->GetDescriptor(), findings);
  google::protobuf::TextFormat::Parser parser;
  parser.RecordErrorsTo(&collector);
  parser.WriteLocationsTo(places);
  parser.SetRecursionLimit(kDeepestNesting);
  google::protobuf::io::ArrayInputStream input(bytes.data(), static_cast<int>(bytes.size()));
  const bool is_parsed = parser.Parse(&input, message);
  if (!is_parsed && findings->empty()) {
    findings->Add(1, 1, absl::StrCat("is not the text format of ", message->GetTypeName()));
  }
}

}  // namespace tamga::policy
