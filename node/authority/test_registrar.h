// For tests: a registrar with its database, and those who ask it.
#pragma once

#include <memory>
#include <string>

#include "certs/authority.h"
#include "certs/p256.h"
#include "certs/revocations.h"
#include "certs/test_certificates.h"
#include "gtest/gtest.h"
#include "node/authority/registrar.h"
#include "node/base/clock.h"
#include "node/base/matchers.h"
#include "node/base/rng.h"
#include "node/store/test_folder.h"

namespace tamga::authority {

inline constexpr char kNode[] = "spiffe://kaz.tamga/border-service/node/main";

class RegistrarTest : public ::testing::Test {
 protected:
  void SetUp() override { Open(); }

  // As after a crash: everything that was not in the database is gone.
  void Open() {
    registrar_.reset();
    database_.reset();
    absl::StatusOr<std::unique_ptr<store::AuthorityDb>> database = store::AuthorityDb::Open(folder_.path());
    ASSERT_OK(database);
    database_ = *std::move(database);
    absl::StatusOr<certs::IssuingAuthority> issuer =
        certs::IssuingAuthority::Load("KAZ", files_.root_pem, files_.issuing_pem, files_.issuing_key_pem);
    ASSERT_OK(issuer);
    absl::StatusOr<std::unique_ptr<Registrar>> registrar =
        Registrar::Open({*std::move(issuer),
                         *database_,
                         folder_.path(),
                         {absl::Hours(24 * 7), absl::Hours(24 * 365), absl::Hours(24 * 90)},
                         clock_,
                         rng_,
                         {},
                         [this] { return clock_error_; }});
    ASSERT_OK(registrar);
    registrar_ = *std::move(registrar);
  }

  static std::string RequestBy(EVP_PKEY& key, const std::string& id = kNode) {
    return certs::MakeCsr(certs::ParseSpiffeId(id).value(), key).value();
  }
  std::string Token(const std::string& id = kNode) {
    return registrar_->CreateToken(id, absl::Hours(1)).value().secret;
  }
  static certs::Certificate LeafOf(const std::string& chain_pem) { return certs::ParsePemChain(chain_pem)->front(); }
  static Shown ShownBy(const std::string& chain_pem, const std::string& id = kNode) {
    const certs::CertificateChain chain = certs::ParsePemChain(chain_pem).value();
    return {certs::ParseSpiffeId(id).value(), chain[0].SerialHex(), chain};
  }
  // What a node that has the newest list says of the certificate.
  absl::Status Check(const std::string& chain_pem) const {
    const certs::CertificateChain chain = certs::ParsePemChain(chain_pem).value();
    certs::Revocations revocations;
    const absl::Status added =
        revocations.Add("KAZ", certs::Crl::FromDer(registrar_->NewestRevocations()).value(), chain[1]);
    if (!added.ok()) return added;
    return revocations.Check("KAZ", chain[0], chain[1], {clock_.Now(), absl::ZeroDuration()}).status();
  }

  ManualClock clock_{certs::TestNow()};
  absl::Status clock_error_;
  SystemRng rng_;
  const certs::StateAuthority state_ = certs::StateAuthority::Create("KAZ", certs::TestNow(), rng_).value();
  const certs::StateAuthority::Files files_ = state_.Save().value();
  const certs::EvpPkeyPtr key_ = certs::GenerateP256Key().value();
  const certs::EvpPkeyPtr other_key_ = certs::GenerateP256Key().value();
  store::TestFolder folder_;
  std::unique_ptr<store::AuthorityDb> database_;
  std::unique_ptr<Registrar> registrar_;
};

}  // namespace tamga::authority
