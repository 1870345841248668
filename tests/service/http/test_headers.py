def test_every_answer_has_the_safe_headers(client):
    for path in ("/", "/health", "/nowhere", "/mnist-sample/100/a_label5.png"):
        headers = client.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert "default-src 'none'" in headers["content-security-policy"]
        assert headers.get_list("content-security-policy") == [headers["content-security-policy"]]
