#include "node/exchange/tls.h"

#include <openssl/x509v3.h>

#include <new>
#include <string>

#include "absl/strings/match.h"
#include "certs/certificate_builder.h"
#include "certs/p256.h"
#include "certs/test_certificates.h"
#include "gtest/gtest.h"
#include "node/base/matchers.h"
#include "node/base/rng.h"

namespace tamga::exchange {
namespace {

TEST(TlsIdentity, LeavesNoKeyBehind) {
  // Short enough to be held within the string itself, so that it can be looked for where the identity was.
  constexpr absl::string_view kKey = "the key";
  alignas(TlsIdentity) char memory[sizeof(TlsIdentity)] = {};
  const auto has_key = [&] { return absl::StrContains(absl::string_view(memory, sizeof(memory)), kKey); };
  auto* identity = new (memory) TlsIdentity{"chain", std::string(kKey)};
  ASSERT_TRUE(has_key());
  identity->~TlsIdentity();
  EXPECT_FALSE(has_key());
}

// A root that certifies systems itself, without an issuing authority between.
class DirectRoot {
 public:
  DirectRoot()
      : key_(*certs::GenerateP256Key()), root_(*certs::BuildCertificate(Spec(), *key_, nullptr, *key_, rng_)) {}

  certs::Certificate Issue() {
    const certs::CertificateSpec spec = {
        "KAZ/border-service",
        "",
        certs::TestNow() - absl::Hours(1),
        certs::TestNow() + absl::Hours(24),
        {{NID_basic_constraints, "critical,CA:FALSE"},
         {NID_key_usage, "critical,digitalSignature"},
         {NID_ext_key_usage, "clientAuth"},
         {NID_subject_alt_name, "URI:spiffe://kaz.tamga/border-service/system/lane-7"}}};
    return *certs::BuildCertificate(spec, **certs::GenerateP256Key(), &root_, *key_, rng_);
  }
  certs::TrustStore Trust() const { return *certs::TrustStore::Build({{"KAZ", root_.Pem()}}); }

 private:
  static certs::CertificateSpec Spec() {
    return {"KAZ",
            "",
            certs::TestNow() - absl::Hours(24),
            certs::TestNow() + absl::Hours(24 * 365),
            {{NID_basic_constraints, "critical,CA:TRUE"}, {NID_key_usage, "critical,keyCertSign"}}};
  }

  SystemRng rng_;
  certs::EvpPkeyPtr key_;
  certs::Certificate root_;
};

TEST(IdentifyPeerTest, TheChainOfAPeerWhomARootCertifiedDirectlyIsItsCertificateAlone) {
  DirectRoot root;
  const std::string leaf = root.Issue().Pem();
  for (const std::string& rest : {std::string(), leaf}) {
    const auto peer = IdentifyPeer(root.Trust(), leaf, rest, certs::Usage::kTlsClient, certs::TestNow());
    ASSERT_THAT(peer, IsOk());
    EXPECT_EQ(peer->principal.SpiffeId(), "spiffe://kaz.tamga/border-service/system/lane-7");
  }
}

TEST(IdentifyPeerTest, AChainWithoutItsIssuingAuthorityIsRefused) {
  const certs::CertificateChain chain = certs::Kaz().IssueGood(certs::Role::kSystem);
  const certs::TrustStore trust = *certs::TrustStore::Build({{"KAZ", certs::Kaz().RootPem()}});
  const std::string leaf = chain.front().Pem();
  EXPECT_THAT(IdentifyPeer(trust, leaf, chain[1].Pem(), certs::Usage::kTlsClient, certs::TestNow()), IsOk());
  EXPECT_THAT(IdentifyPeer(trust, leaf, "", certs::Usage::kTlsClient, certs::TestNow()), HasReason("CERT_UNTRUSTED"));
}

TEST(IdentifyPeerTest, WhatIsNoChainIsRefused) {
  const certs::CertificateChain chain = certs::Kaz().IssueGood(certs::Role::kSystem);
  const certs::TrustStore trust = *certs::TrustStore::Build({{"KAZ", certs::Kaz().RootPem()}});
  EXPECT_THAT(IdentifyPeer(trust, chain.front().Pem(), "not a chain", certs::Usage::kTlsClient, certs::TestNow()),
              HasReason("CERT_MALFORMED"));
}

}  // namespace
}  // namespace tamga::exchange
