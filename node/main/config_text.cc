// From the file's bytes to a NodeConfig.
#include <string>

#include "absl/strings/str_cat.h"
#include "google/protobuf/io/tokenizer.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "google/protobuf/text_format.h"
#include "node/base/error.h"
#include "node/base/file.h"
#include "node/base/status_macros.h"
#include "node/main/config_parts.h"

namespace tamga::node {
namespace {

constexpr size_t kMaxBytes = 1u << 20;

// Warnings count as errors: a configuration that the parser has doubts about is not one to run by.
class Collector final : public google::protobuf::io::ErrorCollector {
 public:
  explicit Collector(const std::string& path) : path_(path) {}

  void AddError(int line, google::protobuf::io::ColumnNumber column, const std::string& message) override {
    absl::StrAppend(&text_, text_.empty() ? "" : "\n", path_, ":", line + 1, ":", column + 1, ": ", message);
  }
  void AddWarning(int line, google::protobuf::io::ColumnNumber column, const std::string& message) override {
    AddError(line, column, message);
  }
  const std::string& text() const { return text_; }

 private:
  const std::string& path_;
  std::string text_;
};

}  // namespace

absl::StatusOr<v1::NodeConfig> ReadConfigText(const std::string& path) {
  ASSIGN_OR_RETURN(const std::string text, ReadFile(path, kMaxBytes));
  v1::NodeConfig config;
  Collector collector(path);
  google::protobuf::TextFormat::Parser parser;
  parser.RecordErrorsTo(&collector);
  google::protobuf::io::ArrayInputStream input(text.data(), static_cast<int>(text.size()));
  if (!parser.Parse(&input, &config) || !collector.text().empty()) {
    return Error(absl::StatusCode::kInvalidArgument, "CONFIG_INVALID", collector.text());
  }
  return config;
}

void ResolvePaths(const std::string& folder, v1::NodeConfig& config) {
  const auto resolve = [&](std::string* path) {
    if (!path->empty()) *path = ResolvePath(folder, *path);
  };
  resolve(config.mutable_data_dir());
  resolve(config.mutable_treaties_dir());
  for (v1::KeyPair* pair : {config.mutable_tls(), config.mutable_seal()}) {
    resolve(pair->mutable_certificate_file());
    resolve(pair->mutable_key_file());
  }
  resolve(config.mutable_log()->mutable_key_file());
  resolve(config.mutable_vault_key_file());
  for (v1::TrustBundle& bundle : *config.mutable_trust_bundles()) {
    resolve(bundle.mutable_roots_file());
    resolve(bundle.mutable_treaty_office_file());
  }
}

}  // namespace tamga::node
