#include "node/timestamp/ts_client.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/timestamp/ts_token.h"

namespace tamga::timestamp {
namespace {

constexpr char kQuery[] = "application/timestamp-query";
constexpr char kReply[] = "application/timestamp-reply";

static_assert(kMaxResponseBytes <= witness::kMaxAnswerBodyBytes);

bool IsReply(absl::string_view content_type) {
  return absl::EqualsIgnoreCase(absl::StripAsciiWhitespace(content_type.substr(0, content_type.find(';'))), kReply);
}

absl::Status Unexpected(unsigned status) {
  if (status >= 300 && status < 400) {
    return absl::FailedPreconditionError(absl::StrCat("it sends to another address (status ", status,
                                                      "), where nobody is asked; correct time_stamping.url"));
  }
  return absl::FailedPreconditionError(
      absl::StrCat("it answered with status ", status, "; see that time_stamping.url is right, or ask its operators"));
}

class HttpTsClient final : public TsClient {
 public:
  HttpTsClient(std::unique_ptr<witness::HttpsClient> client, std::string target)
      : client_(std::move(client)), target_(std::move(target)) {}

  absl::StatusOr<std::string> Ask(const std::string& request, absl::Duration time) override {
    absl::StatusOr<witness::HttpsAnswer> answer = client_->Post(target_, request, time, kQuery);
    if (absl::IsUnauthenticated(answer.status())) {
      return Error(absl::StatusCode::kUnauthenticated, kTimestampUntrusted, answer.status().message());
    }
    RETURN_IF_ERROR(answer.status());
    if (answer->status != 200) return Unexpected(answer->status);
    if (!IsReply(answer->content_type)) {
      return absl::FailedPreconditionError(
          absl::StrCat("what it answers is not of type ", kReply, "; see that time_stamping.url is right"));
    }
    return std::move(answer->body);
  }

  absl::Status Show(const exchange::TlsIdentity& identity) override { return client_->ReplaceIdentity(identity); }

 private:
  const std::unique_ptr<witness::HttpsClient> client_;
  const std::string target_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<TsClient>> MakeHttpTsClient(witness::HttpsServer server, const std::string& target,
                                                           const Clock& clock) {
  ASSIGN_OR_RETURN(std::unique_ptr<witness::HttpsClient> client,
                   witness::HttpsClient::Create(std::move(server), clock));
  return std::make_unique<HttpTsClient>(std::move(client), target);
}

}  // namespace tamga::timestamp
