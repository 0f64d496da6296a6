#include "policy/treaty_document.h"

#include "absl/strings/str_cat.h"
#include "google/protobuf/io/tokenizer.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "google/protobuf/text_format.h"
#include "node/base/encoding.h"
#include "node/base/status_macros.h"
#include "policy/findings.h"
#include "policy/treaty_text.h"
#include "policy/validate.h"

namespace tamga::policy {
namespace {

using ::google::protobuf::TextFormat;

constexpr size_t kMaxBytes = 1u << 20;

class Collector final : public google::protobuf::io::ErrorCollector {
 public:
  explicit Collector(Findings* findings) : findings_(findings) {}

  void AddError(int line, google::protobuf::io::ColumnNumber column, const std::string& message) override {
    findings_->Add(line + 1, column + 1, message);
  }
  // A treaty that the parser has doubts about is not one to decide by.
  void AddWarning(int line, google::protobuf::io::ColumnNumber column, const std::string& message) override {
    AddError(line, column, message);
  }

 private:
  Findings* const findings_;
};

}  // namespace

absl::StatusOr<TreatyDocument> ReadTreaty(absl::string_view bytes, absl::string_view file_name) {
  Findings findings(file_name);
  if (bytes.size() > kMaxBytes) {
    findings.Add(1, 1, absl::StrCat("is ", bytes.size(), " bytes long; at most ", kMaxBytes, " are allowed"));
    return findings.ToStatus();
  }
  CheckTreatyText(bytes, &findings);
  RETURN_IF_ERROR(findings.ToStatus());

  TreatyDocument document;
  TextFormat::ParseInfoTree places;
  Collector collector(&findings);
  TextFormat::Parser parser;
  parser.RecordErrorsTo(&collector);
  parser.WriteLocationsTo(&places);
  google::protobuf::io::ArrayInputStream input(bytes.data(), static_cast<int>(bytes.size()));
  const bool parsed = parser.Parse(&input, &document.treaty);
  RETURN_IF_ERROR(findings.ToStatus());
  if (!parsed) {
    findings.Add(1, 1, "is not the text format of tamga.v1.Treaty");
    return findings.ToStatus();
  }
  ValidateTreaty(document.treaty, &places, &findings);
  RETURN_IF_ERROR(findings.ToStatus());
  document.sha256 = Sha256(bytes);
  document.file_name = std::string(file_name);
  return document;
}

}  // namespace tamga::policy
