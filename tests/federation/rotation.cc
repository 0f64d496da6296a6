#include "tests/federation/rotation.h"

#include <chrono>
#include <memory>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "grpcpp/grpcpp.h"
#include "node/base/file.h"
#include "node/base/status_macros.h"
#include "node/base/text.h"
#include "tamga/v1/admin_service.grpc.pb.h"

namespace tamga::testing {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(60);

// The certificate, in PEM, that the other side of a new connection shows; empty if there is none.
std::string ShownOver(const std::shared_ptr<grpc::Channel>& channel) {
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + kPatience));
  v1::ListTreatiesResponse response;
  v1::AdminService::NewStub(channel)->ListTreaties(&context, v1::ListTreatiesRequest(), &response);
  const std::shared_ptr<const grpc::AuthContext> auth = context.auth_context();
  if (auth == nullptr) return "";
  const std::vector<grpc::string_ref> shown = auth->FindPropertyValues("x509_pem_cert");
  return shown.empty() ? "" : std::string(shown.front().data(), shown.front().size());
}

}  // namespace

absl::Status Rotation::Renew(const std::string& agency) {
  return Renew(agency, federation_.authority(StateOf(agency)));
}

absl::Status Rotation::Renew(const std::string& agency, const certs::StateAuthority& authority) {
  Newest newest;
  // The seal first: whoever sees the new TLS pair sees the new seal as well.
  for (const certs::Role role : {certs::Role::kSeal, certs::Role::kNode}) {
    ASSIGN_OR_RETURN(const certs::KeyAndCertificate files,
                     authority.Issue({agency, role, "n1"}, certs::DefaultLifetime(role), clock_.Now(), rng_));
    ASSIGN_OR_RETURN(const certs::CertificateChain chain, certs::ParsePemChain(files.chain_pem));
    const std::string base = absl::StrCat(federation_.folder(agency), role == certs::Role::kNode ? "/tls" : "/seal");
    RETURN_IF_ERROR(WriteFile(base + ".key", files.key_pem, 0600));
    RETURN_IF_ERROR(WriteFile(base + ".pem", files.chain_pem));
    (role == certs::Role::kNode ? newest.tls_pem : newest.seal_key_id) =
        role == certs::Role::kNode ? chain.front().Pem() : chain.front().SpkiSha256();
  }
  newest_[agency] = newest;
  return absl::OkStatus();
}

absl::Status Rotation::AwaitShown(const std::string& agency) {
  const absl::Time end = absl::Now() + kPatience;
  ASSIGN_OR_RETURN(const certs::KeyAndCertificate files,
                   federation_.authority(StateOf(agency))
                       .Issue({agency, certs::Role::kOperator, "rotation"}, absl::Hours(24), clock_.Now(), rng_));
  while (absl::Now() < end) {
    if (ShownOver(federation_.ConnectAs({files.chain_pem, files.key_pem}, agency)) == newest_.at(agency).tls_pem) {
      return absl::OkStatus();
    }
  }
  return absl::DeadlineExceededError(
      absl::StrCat(agency, " does not show its new certificate; its log: ", federation_.node(agency).LogText()));
}

}  // namespace tamga::testing
