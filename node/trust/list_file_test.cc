#include "node/trust/list_file.h"

#include "absl/strings/str_cat.h"
#include "certs/pem.h"
#include "gtest/gtest.h"
#include "node/base/matchers.h"
#include "node/trust/test_state.h"

namespace tamga::trust {
namespace {

using testing::SizeIs;

std::string Pem(const RevocationList& list) { return certs::WritePem("X509 CRL", list.list.Der()); }

TEST(ListFileTest, ListsAndTheirIssuersAreReadInAnyOrder) {
  const std::string issuing = Kgz().issuing.certificate.Pem();
  const RevocationList written = Kgz().IssuingList({});
  const std::string list = Pem(written);
  for (const std::string& text : {issuing + list, list + issuing, absl::StrCat("# today's\n\n", list, "\n", issuing)}) {
    ASSERT_OK_AND_ASSIGN(const std::vector<RevocationList> lists, ReadListFile("KGZ", text, {}));
    ASSERT_THAT(lists, SizeIs(1));
    EXPECT_EQ(lists[0].state, "KGZ");
    EXPECT_EQ(lists[0].list.Der(), written.list.Der());
    ASSERT_THAT(lists[0].chain, SizeIs(1));
    EXPECT_EQ(lists[0].chain[0].Der(), Kgz().issuing.certificate.Der());
  }
}

TEST(ListFileTest, AnIssuerThatIsKnownNeedNotBeInTheFile) {
  const std::string text = Pem(Kgz().RootList({})) + Pem(Kgz().IssuingList({}));
  const certs::CertificateChain known = {Kgz().root.certificate, Kgz().issuing.certificate};
  ASSERT_OK_AND_ASSIGN(const std::vector<RevocationList> lists, ReadListFile("KGZ", text, known));
  EXPECT_THAT(lists, SizeIs(2));
  EXPECT_THAT(ReadListFile("KGZ", text, {Kgz().root.certificate}), HasReason("REVOCATION_UNTRUSTED"));
}

TEST(ListFileTest, AnIssuerComesWithThoseAboveItButTheRoot) {
  const certs::Issued middle = certs::Issue(certs::AuthorityNamed("Middle"), &Kgz().root);
  const certs::Issued issuing = certs::Issue(certs::AuthorityNamed("Low"), &middle);
  const std::string text = absl::StrCat(Pem(Kgz().ListOf(issuing, {})), middle.certificate.Pem(),
                                        issuing.certificate.Pem(), Kgz().root.certificate.Pem());
  ASSERT_OK_AND_ASSIGN(const std::vector<RevocationList> lists, ReadListFile("KGZ", text, {}));
  ASSERT_THAT(lists, SizeIs(1));
  ASSERT_THAT(lists[0].chain, SizeIs(2));
  EXPECT_EQ(lists[0].chain[1].Der(), middle.certificate.Der());
}

TEST(ListFileTest, WhatElseIsInAFileIsRefused) {
  const std::string issuing = Kgz().issuing.certificate.Pem();
  const std::string list = Pem(Kgz().IssuingList({}));
  EXPECT_FALSE(ReadListFile("KGZ", "", {}).ok());
  EXPECT_FALSE(ReadListFile("KGZ", issuing, {}).ok());
  EXPECT_FALSE(ReadListFile("KGZ", "see below\n" + list + issuing, {}).ok());
  EXPECT_FALSE(ReadListFile("KGZ", list + issuing + "-----BEGIN PRIVATE KEY-----\n", {}).ok());
  EXPECT_FALSE(ReadListFile("KGZ", list + issuing.substr(0, issuing.size() / 2), {}).ok());
  EXPECT_FALSE(ReadListFile("KGZ", issuing + list.substr(0, list.size() / 2), {}).ok());
  EXPECT_THAT(ReadListFile("KGZ", issuing + certs::WritePem("X509 CRL", "no list"), {}),
              HasReason("REVOCATION_MALFORMED"));
}

}  // namespace
}  // namespace tamga::trust
