variables {
  name = "edge-under-test"
}

run "a_port_is_ordered" {
  assert {
    condition     = contains(["allocated", "production"], ixapi_connection.port.state)
    error_message = "The port is ${ixapi_connection.port.state}."
  }
}

run "a_slower_one_is_a_change_and_no_second_order" {
  variables {
    speed = 1000
  }

  assert {
    condition     = output.id == run.a_port_is_ordered.id
    error_message = "Another port was ordered: ${output.id}."
  }
}

run "a_speed_that_we_do_not_have_is_refused_in_the_plan" {
  command = plan

  variables {
    speed = 2500
  }

  expect_failures = [var.speed]
}
